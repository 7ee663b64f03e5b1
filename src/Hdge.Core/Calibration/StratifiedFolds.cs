namespace Hdge.Calibration;

/// <summary>Deals images into folds so that each holds about the same share of every class.</summary>
internal static class StratifiedFolds
{
    /// <summary>The fold of each image, 0..folds−1. The classes follow one another in dealing, so fold sizes differ by at most one.</summary>
    public static int[] Of(ReadOnlySpan<int> labels, int folds, int seed)
    {
        int[] order = [.. Enumerable.Range(0, labels.Length)];
        new Random(seed).Shuffle(order);
        int[] classes = labels.ToArray(), fold = new int[labels.Length];
        int next = 0;
        foreach (int image in order.OrderBy(i => classes[i])) // a stable sort
            fold[image] = next++ % folds;
        return fold;
    }
}
