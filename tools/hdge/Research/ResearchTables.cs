using System.Globalization;
using System.Text;
using Hdge.Detection;

namespace Hdge.Cli.Research;

/// <summary>Tables of the runs: mean ± standard error over the seeds.</summary>
internal static class ResearchTables
{
    private const string Best = "best single", Auto = "auto";

    private static readonly (string Heading, Func<ResearchResult, string?> Score)[] s_scores =
    [
        ("log-density", _ => DetectionScore.LogDensity.Name),
        ("centred", _ => DetectionScore.CentredDensity.Name),
        ("max probability", _ => DetectionScore.MaxProbability.Name),
        (Best, BestSingle),
        ("combination", _ => DetectionScore.Combination.Name),
        ("rotation", _ => DetectionScore.Rotation.Name),
        (Auto, run => run.Chosen),
    ];

    /// <summary>Markdown, a part for each group of equal settings; rows in the order of their first run.</summary>
    public static string Of(IReadOnlyList<ResearchResult> runs)
    {
        var text = new StringBuilder();
        foreach (var group in runs.GroupBy(r => r.Settings))
        {
            var rows = group.GroupBy(r => r.Row).ToList();
            string[] sets = [.. group.First().Auroc.Keys];
            text.Append(CultureInfo.InvariantCulture, $"`{group.Key}` on {string.Join(", ", group.Select(r => r.Device).Distinct())}: {group.Count()} runs of {group.Average(r => r.Seconds):F1} s on average.\n\n");
            Line(["row", "seeds", "accuracy", "ECE calibrated", "debiased", .. s_scores.Select(s => s.Heading), "Auto took"]);
            Line([.. Enumerable.Repeat("---", 6 + s_scores.Length)]);
            foreach (var row in rows)
            {
                var all = row.ToList();
                Line([row.Key, $"{all.Count}", Mean(all, r => r.Accuracy), Mean(all, r => r.CalibratedEce, "F4"), Mean(all, r => r.DebiasedEce, "F4"),
                    .. s_scores.Select(s => Mean(all, r => sets.Average(set => Auroc(r, set, s.Score(r))))), Taken(all)]);
            }
            text.Append("\nAUROC, mean over the sets. The best single score is chosen by the test sets themselves, a bound; Auto's without them.\n\n");
            Line(["row", .. s_scores.Where(s => s.Heading != Best).SelectMany(s => sets.Select(set => $"{s.Heading}: {set}"))]);
            Line([.. Enumerable.Repeat("---", 1 + (s_scores.Length - 1) * sets.Length)]);
            foreach (var row in rows)
                Line([row.Key, .. s_scores.Where(s => s.Heading != Best).SelectMany(s => sets.Select(set => Mean([.. row], r => Auroc(r, set, s.Score(r)))))]);
            text.Append("\nBy set.\n\n");
            string[] names = [.. group.First().Auroc[sets[0]].Keys];
            Line(["row", .. names]);
            Line([.. Enumerable.Repeat("---", 1 + names.Length)]);
            foreach (var row in rows)
                Line([row.Key, .. names.Select(name => Mean([.. row], r => sets.Average(set => Auroc(r, set, name))))]);
            text.Append("\nEvery score, mean over the sets.\n\n");
        }
        return text.ToString();

        void Line(string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }

    private static double Auroc(ResearchResult run, string set, string? score) => score is null ? double.NaN : run.Auroc[set].GetValueOrDefault(score, double.NaN);

    private static string? BestSingle(ResearchResult run) => run.Auroc.First().Value.Keys.Where(s => s != DetectionScore.Combination.Name && s != DetectionScore.RankAverage.Name)
        .MaxBy(s => run.Auroc.Values.Average(set => set.GetValueOrDefault(s, double.NegativeInfinity)));

    private static string Taken(List<ResearchResult> runs) => string.Join(", ", runs.GroupBy(r => r.Chosen).OrderByDescending(g => g.Count()).Select(g => g.Count() == runs.Count ? g.Key : $"{g.Key} ({g.Count()})"))
        + (runs.All(r => r.TellsUnknownApart) ? "" : $"; {runs.Count(r => !r.TellsUnknownApart)} cannot tell");

    private static string Mean(List<ResearchResult> runs, Func<ResearchResult, double> value, string format = "F3")
    {
        double[] values = [.. runs.Select(value).Where(v => !double.IsNaN(v))];
        if (values.Length == 0)
            return "–";
        double mean = values.Average(), error = values.Length > 1 ? Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length) : double.NaN;
        return mean.ToString(format, CultureInfo.InvariantCulture) + (double.IsNaN(error) ? "" : " ± " + error.ToString(format, CultureInfo.InvariantCulture));
    }
}
