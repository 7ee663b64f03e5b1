using Hdge.Detection;
using Hdge.Reports;

namespace Hdge.Cli.Evaluation;

/// <summary>Every score by OpenOOD's metrics, by set and as means of the near and of the far sets.</summary>
internal sealed class OpenOodEvaluation
{
    private readonly DetectionScore _chosen;

    public OpenOodEvaluation(OpenOodSets sets, DetectionEvaluation detection)
    {
        (_chosen, Missing) = (detection.Chosen, sets.Missing);
        Groups = sets.Found.GroupBy(s => s.Group).ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Select(s => s.Name)]);
        Scores = detection.Scores.ToDictionary(score => score.Name, score => (IReadOnlyDictionary<string, OpenOodMetrics>)Groups
            .SelectMany(group => Columns(group.Key, [.. group.Value.Select(set => (set, OpenOodMetrics.Of(detection.KnownScores(score), detection.UnknownScores(set, score))))])).ToDictionary());
    }

    /// <summary>Sets that were not there.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Names of the sets that were, near and far.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Groups { get; }

    /// <summary>By score, then by set, near and far.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, OpenOodMetrics>> Scores { get; }

    /// <summary>A table a metric.</summary>
    public MetricTable[] Tables() =>
    [
        Table("OpenOOD: AUROC", m => m.Auroc, true),
        Table("OpenOOD: FPR at 95 % of the unknown images refused", m => m.FalsePositiveRate, false),
        Table("OpenOOD: AUPR-in", m => m.AuprIn, true),
        Table("OpenOOD: AUPR-out", m => m.AuprOut, true),
    ];

    private static IEnumerable<KeyValuePair<string, OpenOodMetrics>> Columns(string group, (string Set, OpenOodMetrics Metrics)[] sets) =>
        sets.Select(s => KeyValuePair.Create(s.Set, s.Metrics)).Append(KeyValuePair.Create(group, OpenOodMetrics.Mean([.. sets.Select(s => s.Metrics)])));

    private MetricTable Table(string name, Func<OpenOodMetrics, double> metric, bool higherIsBetter) =>
        new(name, [.. Scores.First().Value.Keys], [.. Scores.Select(s => new MetricRow(s.Key, [.. s.Value.Values.Select(metric)], s.Key == _chosen.Name))])
        {
            HigherIsBetter = higherIsBetter,
            Note = Missing.Count == 0 ? "" : $"Not there, so not in the means, which then are not the leaderboard's: {string.Join(", ", Missing)}.",
        };
}
