namespace Hdge.Detection;

/// <summary>Area under the receiver operating characteristic curve.</summary>
public static class Auroc
{
    /// <summary>
    /// Probability that a known image scores higher than an unknown one, ties counted half (Mann–Whitney U): 1 is perfect separation, 0.5 none.
    /// </summary>
    /// <param name="known">Scores of in-distribution images, at least one, no NaN.</param>
    /// <param name="unknown">Scores of out-of-distribution images, at least one, no NaN.</param>
    public static double Of(ReadOnlySpan<float> known, ReadOnlySpan<float> unknown)
    {
        if (known.Length == 0 || unknown.Length == 0)
            throw new ArgumentException($"AUROC needs scores of both kinds, found {known.Length} known and {unknown.Length} unknown.");
        float[] a = Sorted(known), b = Sorted(unknown);
        long doubled = 0; // twice the number of pairs in the right order, a tie counting one
        for (int i = 0, below = 0, notAbove = 0; i < a.Length; i++)
        {
            while (below < b.Length && b[below] < a[i])
                below++;
            while (notAbove < b.Length && b[notAbove] <= a[i])
                notAbove++;
            doubled += below + notAbove;
        }
        return doubled / 2.0 / ((double)a.Length * b.Length);
    }

    private static float[] Sorted(ReadOnlySpan<float> scores)
    {
        float[] copy = scores.ToArray();
        Array.Sort(copy);
        if (float.IsNaN(copy[0]))
            throw new ArgumentException("A score is NaN.");
        return copy;
    }
}
