namespace Hdge;

/// <summary>Whether a row of scores can be read as class probabilities.</summary>
internal static class Probabilities
{
    /// <summary>How far from 1 the sum may be: what single precision leaves of it with thousands of classes.</summary>
    public const double Tolerance = 1e-3;

    /// <summary>True where every value lies in 0..1 and they sum to 1.</summary>
    public static bool Are(ReadOnlySpan<float> row, out double sum)
    {
        sum = 0;
        bool inRange = true;
        foreach (float value in row)
        {
            inRange &= value >= 0 && value <= 1;
            sum += value;
        }

        return inRange && Math.Abs(sum - 1) <= Tolerance;
    }
}
