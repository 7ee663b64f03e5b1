using Hdge.Detection;
using Hdge.Reports;

namespace Hdge.Cli.Evaluation;

/// <summary>Detection scores by their names on the command line: log-density, max-probability, …</summary>
internal static class ScoreNames
{
    /// <summary>The scores without gradients, and every score.</summary>
    public const string Free = "free", All = "all";

    /// <exception cref="ArgumentException">There is no such score.</exception>
    public static IReadOnlyList<DetectionScore> Read(IReadOnlyList<string> names) => [.. names.SelectMany(name => name switch
    {
        Free => DetectionScoreKinds.GradientFree,
        All => DetectionScoreKinds.All,
        _ => [DetectionScoreKinds.All.Cast<DetectionScore?>().FirstOrDefault(s => DetectionEvaluation.Name(s!.Value) == name)
            ?? throw new ArgumentException($"--scores has '{name}', expected {Free}, {All}, or names: {string.Join(", ", DetectionScoreKinds.All.Select(DetectionEvaluation.Name))}.")],
    }).Distinct()];
}
