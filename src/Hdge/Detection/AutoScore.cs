using Hdge.Data;
using Hdge.Metrics;

namespace Hdge.Detection;

/// <summary>
/// Chooses a score: the one with the highest AUROC of held-out images against outliers, averaged over the sets of outliers. Of equal scores the first of the registry, so
/// the log-density stays unless another is better.
/// </summary>
internal static class AutoScore
{
    private const int LargestKnown = 1000; // images a kind: the AUROC's standard error is then about 0.01, and fitting stays quick
    private const int MostValues = 1 << 26; // of large images fewer: a quarter of a gigabyte a kind, which are made one after another

    public static Dictionary<DetectionScore, double> Compare(HdgeModel model, DetectorSet detectors, ImageSet heldOut, ImageSet? outliers, int seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<DetectionScore> candidates = [.. detectors.Available.Where(s => !detectors.Needs(s).HasFlag(DetectorNeeds.Gradients))];
        var known = Sample(model, heldOut, Math.Clamp(MostValues / heldOut.Shape.Length, 1, LargestKnown), seed);
        var unknown = outliers is not null ? [() => outliers] : PseudoOutliers.Of(known, seed).Select(o => o.Make).ToList();
        var knownScores = model.DetectionScores(detectors, known, candidates, cancellationToken);
        var sums = candidates.ToDictionary(c => c, _ => 0.0);
        foreach (var set in unknown)
        {
            var scores = model.DetectionScores(detectors, set(), candidates, cancellationToken);
            foreach (var candidate in candidates)
                sums[candidate] += Auroc.Of(knownScores[candidate], scores[candidate]) / unknown.Count;
        }
        return sums;
    }

    public static DetectionScore Best(IReadOnlyDictionary<DetectionScore, double> auroc) => auroc.OrderByDescending(a => a.Value).ThenBy(a => DetectorRegistry.Place(a.Key)).First().Key;

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
