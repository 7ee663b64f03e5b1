using System.Numerics;

namespace Hdge.Metrics;

/// <summary>Area under the receiver operating characteristic curve.</summary>
public static class Auroc
{
    /// <summary>
    /// Probability that a known image scores higher than an unknown one, ties counted half (Mann–Whitney U): 1 is perfect separation, 0.5 none.
    /// </summary>
    /// <param name="known">Scores of in-distribution images, at least one, no NaN.</param>
    /// <param name="unknown">Scores of out-of-distribution images, at least one, no NaN.</param>
    /// <exception cref="ArgumentException">One side is empty, or a score is NaN.</exception>
    public static double Of(ReadOnlySpan<float> known, ReadOnlySpan<float> unknown) => Of(new RankedScores<float>(known, unknown));

    /// <inheritdoc cref="Of(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public static double Of(ReadOnlySpan<double> known, ReadOnlySpan<double> unknown) => Of(new RankedScores<double>(known, unknown));

    internal static double Of<T>(RankedScores<T> scores) where T : struct, IFloatingPointIeee754<T>
    {
        long doubled = 0; // twice the number of pairs in the right order, a tie counting one
        int known = 0, unknown = 0;
        foreach (var (_, knownHere, unknownHere) in scores.Thresholds())
        {
            doubled += (long)(knownHere - known) * (2L * scores.UnknownCount - unknown - unknownHere);
            (known, unknown) = (knownHere, unknownHere);
        }
        return doubled / 2.0 / ((double)scores.KnownCount * scores.UnknownCount);
    }
}
