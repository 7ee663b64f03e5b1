namespace Hdge.Detection;

/// <summary>Thresholds on an in-distribution score, from known images alone.</summary>
public static class Threshold
{
    /// <summary>The highest threshold that at least the given share of the scores reaches (score ≥ threshold).</summary>
    /// <param name="scores">Scores of known images, at least one, no NaN; higher is more in-distribution.</param>
    /// <param name="rate">Share to keep, (0, 1].</param>
    /// <returns>One of the scores, rounded down to single precision, in which scores are reported.</returns>
    public static double Keeping(ReadOnlySpan<double> scores, double rate)
    {
        if (scores.Length == 0)
            throw new ArgumentException("A threshold needs at least one score.", nameof(scores));
        if (!(rate > 0 && rate <= 1))
            throw new ArgumentOutOfRangeException(nameof(rate), $"The share to keep is {rate}, expected more than 0 and at most 1.");
        double[] sorted = scores.ToArray();
        Array.Sort(sorted);
        if (double.IsNaN(sorted[0]))
            throw new ArgumentException("A score is NaN.", nameof(scores));
        int kept = Share.Reaching(rate, sorted.Length);
        float threshold = (float)sorted[^kept];
        return threshold > sorted[^kept] ? MathF.BitDecrement(threshold) : threshold;
    }
}
