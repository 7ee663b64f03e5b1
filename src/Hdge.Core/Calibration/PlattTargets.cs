namespace Hdge.Calibration;

/// <summary>
/// What "is of this class" and "is not" count as (Platt 1999, equation 10): (N₊ + 1) / (N₊ + 2) and 1 / (N₋ + 2) instead of 1 and 0, since so few
/// images cannot show that something never happens. Without it one surprise would cost an unbounded log-likelihood.
/// </summary>
internal readonly record struct PlattTargets(double Positive, double Negative)
{
    public static PlattTargets Of(ReadOnlySpan<bool> positive)
    {
        int count = positive.Count(true);
        return new((count + 1.0) / (count + 2), 1 / (positive.Length - count + 2.0));
    }

    /// <summary>Mean target of images of which so many are positive.</summary>
    public float Mean(int positive, int count) => (float)((positive * Positive + (count - positive) * Negative) / count);
}
