namespace Hdge.Calibration;

/// <summary>
/// Classwise expected calibration error (Kull et al. 2019; "static calibration error" in Nixon et al. 2019): the ECE of each class's probability against
/// how often the image is of that class, averaged over the classes.
/// </summary>
public static class ClasswiseCalibrationError
{
    /// <summary>The error, 0..1.</summary>
    /// <param name="probabilities">Count × classes, image after image: 0..1, each row summing to 1 within 0.001.</param>
    /// <param name="labels">One class an image.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <param name="bins">Number of equal bins (lo, hi], at least 1. Default 20.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public static double Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount, int bins = 20)
    {
        Option.Require(bins >= 1, bins, "at least 1");
        ProbabilityRows.Check(probabilities, labels, classCount);
        var gaps = new double[checked(classCount * bins)];
        for (int i = 0; i < labels.Length; i++)
            for (int c = 0; c < classCount; c++)
            {
                float p = probabilities[i * classCount + c];
                gaps[c * bins + Reliability.Bin(p, bins)] += p - (labels[i] == c ? 1.0 : 0.0);
            }
        return gaps.Sum(Math.Abs) / labels.Length / classCount;
    }
}
