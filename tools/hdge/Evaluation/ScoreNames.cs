using Hdge.Detection;

namespace Hdge.Cli.Evaluation;

/// <summary>Detection scores by their names on the command line: log-density, max-probability, …</summary>
internal static class ScoreNames
{
    /// <summary>The scores without gradients, and every score.</summary>
    public const string Free = "free", All = "all";

    /// <exception cref="ArgumentException">There is no such score.</exception>
    public static IReadOnlyList<DetectionScore> Read(IReadOnlyList<string> names) => [.. names.SelectMany(name => name switch
    {
        Free => DetectorRegistry.GradientFree,
        All => DetectorRegistry.All,
        _ => [DetectorRegistry.All.FirstOrDefault(s => s.Name == name)
            ?? throw new ArgumentException($"--scores has '{name}', expected {Free}, {All}, or names: {string.Join(", ", DetectorRegistry.All.Select(s => s.Name))}.")],
    }).Distinct()];
}
