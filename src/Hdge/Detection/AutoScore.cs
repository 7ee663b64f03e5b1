using Hdge.Data;
using Hdge.Metrics;

namespace Hdge.Detection;

/// <summary>
/// Chooses a score by the AUROC of held-out images against outliers, averaged over the sets of outliers. Of equal scores the first of the registry.
/// </summary>
internal static class AutoScore
{
    /// <summary>AUROC against outliers below which a score is said not to tell unknown images apart.</summary>
    public const double LeastAuroc = 0.7;

    /// <summary>Fewest held-out images with which scores are compared; with fewer the log-density decides. The AUROC's standard error is then about 0.04.</summary>
    public const int FewestImages = CombinationDetector.FewestImages;

    /// <summary>How far another score must be ahead of the combination on made outliers.</summary>
    public const double Margin = 0.1;

    /// <summary>Mean AUROC of each score that costs one forward pass, or was trained with the model.</summary>
    public static Dictionary<DetectionScore, double> Compare(HdgeModel model, DetectorSet detectors, AutoImages images, CancellationToken cancellationToken)
    {
        IReadOnlyList<DetectionScore> candidates = [.. detectors.Available.Where(s => IsCandidate(detectors.Find(s).Detector))];
        var knownScores = model.DetectionScores(detectors, images.Known, candidates, cancellationToken);
        var sums = candidates.ToDictionary(c => c, _ => 0.0);
        var outliers = images.Outliers;
        foreach (var set in outliers)
        {
            var scores = model.DetectionScores(detectors, set(), candidates, cancellationToken);
            foreach (var candidate in candidates)
                sums[candidate] += Auroc.Of(knownScores[candidate], scores[candidate]) / outliers.Count;
        }
        return sums;
    }

    /// <summary>Whether Auto looks at a detector.</summary>
    public static bool IsCandidate(Detector detector) => DetectorRegistry.IsGradientFree(detector) || detector.IsTrained;

    /// <summary>
    /// The best of the scores compared. Where outliers were made and not given, the combination unless another is ahead of it by more than <see cref="Margin"/>: what is made resembles what will come only in part,
    /// and single scores that are best at it fail elsewhere (docs/method.md has the measurements).
    /// </summary>
    public static DetectionScore Best(IReadOnlyDictionary<DetectionScore, double> auroc, bool given)
    {
        var best = auroc.OrderByDescending(a => a.Value).ThenBy(a => DetectorRegistry.Place(a.Key)).First();
        return !given && auroc.TryGetValue(DetectionScore.Combination, out double combined) && best.Value - combined <= Margin ? DetectionScore.Combination : best.Key;
    }

    /// <summary>At most <paramref name="size"/> of the images, drawn by seed, in their order.</summary>
    public static ImageSet Sample(HdgeModel model, ImageSet images, int size, int seed)
    {
        if (images.Count <= size)
            return images;
        int[] order = [.. Enumerable.Range(0, images.Count)];
        new Random(seed).Shuffle(order);
        int[] drawn = [.. order.Take(size).Order()];
        var sample = images.Subset(drawn);
        model.Kept?.KeepPart(sample, images, drawn);
        return sample;
    }
}
