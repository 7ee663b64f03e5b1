using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>What was fitted; null where a score was not asked for.</summary>
internal sealed record DetectorStatistics : IDisposable
{
    public GaussianStatistics? Gaussian { get; init; }

    /// <summary>Normalised training features [M, F] in single precision.</summary>
    public Tensor? Neighbors { get; init; }

    public VimStatistics? Vim { get; init; }

    public double? ReActClip { get; init; }

    /// <summary>Held-out scores, ascending, of each score that the rank average takes.</summary>
    public IReadOnlyDictionary<DetectionScore, float[]>? References { get; init; }

    /// <summary>The part that <paramref name="scores"/> need. The rest is released.</summary>
    public DetectorStatistics Keep(IReadOnlyCollection<DetectionScore> scores)
    {
        var kept = new DetectorStatistics
        {
            Gaussian = scores.Contains(DetectionScore.Mahalanobis) || scores.Contains(DetectionScore.RelativeMahalanobis) ? Gaussian : null,
            Neighbors = scores.Contains(DetectionScore.NearestNeighbors) ? Neighbors : null,
            Vim = scores.Contains(DetectionScore.Vim) ? Vim : null,
            ReActClip = scores.Contains(DetectionScore.ReAct) ? ReActClip : null,
            References = scores.Contains(DetectionScore.RankAverage) ? References : null,
        };
        if (kept.Gaussian is null)
            Gaussian?.Dispose();
        if (kept.Neighbors is null)
            Neighbors?.Dispose();
        if (kept.Vim is null)
            Vim?.Dispose();
        return kept;
    }

    public void Dispose() => Keep([]);
}
