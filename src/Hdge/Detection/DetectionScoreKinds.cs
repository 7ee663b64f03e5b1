namespace Hdge.Detection;

/// <summary>What a score costs.</summary>
public static class DetectionScoreKinds
{
    /// <summary>Every score, in the order of the enumeration.</summary>
    public static IReadOnlyList<DetectionScore> All { get; } = [.. Enum.GetValues<DetectionScore>().Where(s => s != DetectionScore.Auto)];

    /// <summary>The scores that one forward pass gives.</summary>
    public static IReadOnlyList<DetectionScore> GradientFree { get; } = [.. All.Where(s => !s.NeedsGradient())];

    /// <summary>Whether it takes gradients with respect to the image: off unless asked for by name.</summary>
    public static bool NeedsGradient(this DetectionScore score) => score is DetectionScore.ApproximateMass or DetectionScore.Odin;

    /// <summary>Whether it takes statistics of training images, so that only a model that was fitted for it gives it.</summary>
    public static bool NeedsFitting(this DetectionScore score) => score is DetectionScore.Mahalanobis or DetectionScore.RelativeMahalanobis
        or DetectionScore.NearestNeighbors or DetectionScore.Vim or DetectionScore.ReAct or DetectionScore.RankAverage;

    /// <summary>Whether it reads the penultimate features besides the logits.</summary>
    internal static bool NeedsFeatures(this DetectionScore score) => score is DetectionScore.Ash || score.NeedsFitting();
}
