namespace Hdge.Calibration;

/// <summary>Expected calibration error (Guo et al. 2017, equation 3): the mean distance between confidence and accuracy over equal bins (lo, hi], weighted by their share.</summary>
public static class ExpectedCalibrationError
{
    /// <summary>The error, 0..1; 0 is perfectly calibrated.</summary>
    /// <param name="confidences">Probability of the predicted class, 0..1, one an image.</param>
    /// <param name="correct">Whether the predicted class was right, one an image.</param>
    /// <param name="bins">Number of bins, at least 1. Default 20 as in the paper.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no images, or a confidence is outside 0..1.</exception>
    public static double Of(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20) =>
        Of(Reliability.Bins(confidences, correct, bins));

    internal static double Of(IReadOnlyList<ReliabilityBin> bins) => bins.Sum(b => b.Count * b.Gap) / bins.Sum(b => (long)b.Count);
}
