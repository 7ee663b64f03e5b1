namespace Hdge.Calibration;

/// <summary>Maximum calibration error (Guo et al. 2017, equation 5): the largest distance between confidence and accuracy of a bin that holds images.</summary>
public static class MaximumCalibrationError
{
    /// <summary>The error, 0..1. A bin of one image counts like any other: with few images it says little.</summary>
    /// <inheritdoc cref="ExpectedCalibrationError.Of(ReadOnlySpan{float}, ReadOnlySpan{bool}, int)"/>
    public static double Of(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20) =>
        Of(Reliability.Bins(confidences, correct, bins));

    internal static double Of(IReadOnlyList<ReliabilityBin> bins) => bins.Where(b => b.Count > 0).Max(b => b.Gap);
}
