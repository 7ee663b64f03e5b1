namespace Hdge.Calibration;

/// <summary>Adaptive expected calibration error (Nguyen and O'Connor 2015; Nixon et al. 2019): as ECE, over bins that hold as many images each.</summary>
public static class AdaptiveCalibrationError
{
    /// <summary>
    /// The error, 0..1. In order of confidence, bin b holds the images ⌊b·n/M⌋ to ⌊(b+1)·n/M⌋ − 1. Images of equal confidence each count with the
    /// accuracy of all of them, so it does not matter on which side of an edge they fall.
    /// </summary>
    /// <inheritdoc cref="ExpectedCalibrationError.Of(ReadOnlySpan{float}, ReadOnlySpan{bool}, int)"/>
    public static double Of(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20)
    {
        Option.Require(bins >= 1, bins, "at least 1");
        Reliability.Check(confidences, correct);
        float[] sorted = confidences.ToArray();
        bool[] right = correct.ToArray();
        Array.Sort(sorted, right);
        long n = sorted.Length;
        double total = 0, gap = 0, accuracy = 0;
        for (int i = 0, bin = 0, tiedUntil = 0; i < n; i++)
        {
            if (i == tiedUntil)
                (tiedUntil, accuracy) = Tied(sorted, right, i);
            gap += sorted[i] - accuracy;
            while (bin < bins && i + 1 >= (bin + 1) * n / bins)
            {
                total += Math.Abs(gap);
                (gap, bin) = (0, bin + 1);
            }
        }
        return total / n;
    }

    /// <summary>Where the run of equal confidences from <paramref name="start"/> ends, and its accuracy.</summary>
    private static (int End, double Accuracy) Tied(float[] sorted, bool[] right, int start)
    {
        int end = start, hits = 0;
        for (; end < sorted.Length && sorted[end] == sorted[start]; end++)
            hits += right[end] ? 1 : 0;
        return (end, hits / (double)(end - start));
    }
}
