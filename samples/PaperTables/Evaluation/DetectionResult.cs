using Hdge;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Reports;

namespace PaperTables.Evaluation;

/// <summary>Every score of known and unknown images, with the protocol's noise on both.</summary>
internal sealed class DetectionResult
{
    private readonly IReadOnlyDictionary<DetectionScore, float[]> _known;
    private readonly List<(string Name, IReadOnlyDictionary<DetectionScore, float[]> Scores)> _unknown = [];

    public DetectionResult(HdgeModel model, ImageSet known, IReadOnlyList<NamedImages> unknown, IReadOnlyList<DetectionScore> scores, double noise, int seed,
        CancellationToken cancellationToken)
    {
        Scores = scores;
        _known = Score(known, 0);
        foreach (var set in unknown)
            _unknown.Add((set.Name, Score(set.Images, 1 + _unknown.Count)));
        Metrics = _unknown.ToDictionary(set => set.Name,
            set => (IReadOnlyDictionary<DetectionScore, DetectionMetrics>)scores.ToDictionary(s => s, s => DetectionMetrics.Of(_known[s], set.Scores[s])));

        IReadOnlyDictionary<DetectionScore, float[]> Score(ImageSet images, int stream) =>
            model.DetectionScores(UnknownSets.WithNoise(images, model.Scaling, noise, HashCode(seed, stream)), scores, cancellationToken);

        static int HashCode(int seed, int stream) => unchecked(seed * 1_000_003 + stream); // the same in every process
    }

    public IReadOnlyList<DetectionScore> Scores { get; }

    /// <summary>Metrics by unknown set and score.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<DetectionScore, DetectionMetrics>> Metrics { get; }

    /// <summary>All scores by all unknown sets.</summary>
    public MetricTable Table(string name, Func<DetectionMetrics, double> metric, bool higherIsBetter, DetectionScore chosen) =>
        new(name, [.. _unknown.Select(u => u.Name)], [.. Scores.Select(s => new MetricRow(ScoreNames.Of(s), [.. _unknown.Select(u => metric(Metrics[u.Name][s]))], s == chosen))])
        {
            HigherIsBetter = higherIsBetter,
            ShowMean = true,
        };

    /// <summary>AUROC of one score by unknown set.</summary>
    public IReadOnlyDictionary<string, double> Auroc(DetectionScore score) => Metrics.ToDictionary(m => m.Key, m => m.Value[score].Auroc);

    public ScoreHistograms Histogram(DetectionScore score, string label) =>
        new(label, new NamedScores("known", _known[score]), [.. _unknown.Select(u => new NamedScores(u.Name, u.Scores[score]))]);

    public IReadOnlyList<PlotCurve> Roc(DetectionScore score) =>
        [.. _unknown.Select(u => new PlotCurve(u.Name, [.. RocCurve.Of(_known[score], u.Scores[score]).Select(p => new PlotPoint(p.FalsePositiveRate, p.TruePositiveRate))],
            Metrics[u.Name][score].Auroc))];
}
