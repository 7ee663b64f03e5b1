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
        Free => [.. DetectorRegistry.GradientFree, .. DetectorRegistry.OfPixels],
        All => Every,
        _ => [Every.FirstOrDefault(s => s.Name == name)
            ?? throw new ArgumentException($"--scores has '{name}', expected {Free}, {All}, or names: {string.Join(", ", Every.Select(s => s.Name))}.")],
    }).Distinct()];

    /// <summary>Every score; those of pixels are of models that predict them alone.</summary>
    public static IReadOnlyList<DetectionScore> Every => [.. DetectorRegistry.All, .. DetectorRegistry.OfPixels];
}
