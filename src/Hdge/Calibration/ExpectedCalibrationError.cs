namespace Hdge.Calibration;

/// <summary>Expected calibration error (Guo et al. 2017, equation 3): the mean distance between confidence and accuracy over equal bins (lo, hi], weighted by their share.</summary>
public static class ExpectedCalibrationError
{
    /// <summary>The error, 0..1; 0 is perfectly calibrated.</summary>
    /// <param name="confidences">Probability of the predicted class, 0..1, one an image.</param>
    /// <param name="correct">Whether the predicted class was right, one an image.</param>
    /// <param name="bins">Number of bins, at least 1. Default 20 as in the paper.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no images, or a confidence is outside 0..1.</exception>
    public static double Of(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (confidences.Length != correct.Length || confidences.Length == 0)
            throw new ArgumentException($"There are {confidences.Length} confidences and {correct.Length} outcomes, expected as many of both and at least one.");
        var gaps = new double[bins];
        for (int i = 0; i < confidences.Length; i++)
        {
            double confidence = confidences[i];
            if (!(confidence >= 0 && confidence <= 1))
                throw new ArgumentException($"Confidence {i} is {confidence}, expected 0..1.", nameof(confidences));
            int bin = Math.Max(0, (int)Math.Ceiling(confidence * bins) - 1);
            gaps[bin] += confidence - (correct[i] ? 1 : 0);
        }
        return gaps.Sum(Math.Abs) / confidences.Length;
    }
}
