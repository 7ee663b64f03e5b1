namespace Hdge.Metrics;

/// <summary>How far class probabilities can be trusted, a method for each metric; <see cref="CalibrationMetrics"/> has all of them at once.</summary>
public static class ProbabilityMetrics
{
    /// <summary>Smaller probabilities count as this one in <see cref="NegativeLogLikelihood(ReadOnlySpan{float}, ReadOnlySpan{int}, int)"/>, as in ML.NET's log-loss: the largest possible value is 34.5 nats.</summary>
    public const double LowestProbability = 1e-15;

    /// <summary>
    /// Expected calibration error (Guo et al. 2017, equation 3): the mean distance between confidence and accuracy over equal bins (lo, hi], weighted by their share; 0..1,
    /// 0 is perfectly calibrated.
    /// </summary>
    /// <param name="confidences">Probability of the predicted class, 0..1, one an image.</param>
    /// <param name="correct">Whether the predicted class was right, one an image.</param>
    /// <param name="bins">Number of bins, at least 1. Default 20 as in the HDGE paper.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no images, or a confidence is outside 0..1.</exception>
    public static double ExpectedCalibrationError(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20) =>
        ExpectedCalibrationError(Reliability.Bins(confidences, correct, bins));

    /// <summary>
    /// Maximum calibration error (Guo et al. 2017, equation 5): the largest distance between confidence and accuracy of a bin that holds images, 0..1. A bin of one image
    /// counts like any other: with few images it says little.
    /// </summary>
    /// <inheritdoc cref="ExpectedCalibrationError(ReadOnlySpan{float}, ReadOnlySpan{bool}, int)"/>
    public static double MaximumCalibrationError(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20) =>
        MaximumCalibrationError(Reliability.Bins(confidences, correct, bins));

    /// <summary>
    /// Adaptive expected calibration error (Nguyen and O'Connor 2015; Nixon et al. 2019), 0..1: as ECE, over bins that hold as many images each. In order of confidence, bin b
    /// holds the images ⌊b·n/M⌋ to ⌊(b+1)·n/M⌋ − 1. Images of equal confidence each count with the accuracy of all of them, so it does not matter on which side of an edge
    /// they fall.
    /// </summary>
    /// <inheritdoc cref="ExpectedCalibrationError(ReadOnlySpan{float}, ReadOnlySpan{bool}, int)"/>
    public static double AdaptiveCalibrationError(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20)
    {
        Argument.Require(bins >= 1, bins, "at least 1");
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

    /// <summary>
    /// Classwise expected calibration error (Kull et al. 2019; "static calibration error" in Nixon et al. 2019), 0..1: the ECE of each class's probability against
    /// how often the image is of that class, averaged over the classes.
    /// </summary>
    /// <param name="probabilities">Count × classes, image after image: 0..1, each row summing to 1 within 0.001.</param>
    /// <param name="labels">One class an image.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <param name="bins">Number of equal bins (lo, hi], at least 1. Default 20.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public static double ClasswiseCalibrationError(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount, int bins = 20)
    {
        Argument.Require(bins >= 1, bins, "at least 1");
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

    /// <summary>Brier score (Brier 1950): mean over the images of Σ_c (p_c − [c is the label])²; 0..2, lower is better.</summary>
    /// <param name="probabilities">Count × classes, image after image: 0..1, each row summing to 1 within 0.001.</param>
    /// <param name="labels">One class an image.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public static double BrierScore(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount)
    {
        ProbabilityRows.Check(probabilities, labels, classCount);
        double total = 0;
        for (int i = 0; i < labels.Length; i++)
            for (int c = 0; c < classCount; c++)
            {
                double distance = probabilities[i * classCount + c] - (labels[i] == c ? 1.0 : 0.0);
                total += distance * distance;
            }
        return total / labels.Length;
    }

    /// <summary>Mean −log p[label] in nats, 0..34.5; lower is better.</summary>
    /// <inheritdoc cref="BrierScore"/>
    public static double NegativeLogLikelihood(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount)
    {
        ProbabilityRows.Check(probabilities, labels, classCount);
        double total = 0;
        for (int i = 0; i < labels.Length; i++)
            total += NegativeLogLikelihood(probabilities[i * classCount + labels[i]]);
        return total / labels.Length;
    }

    internal static double NegativeLogLikelihood(double probability) => -Math.Log(Math.Max(probability, LowestProbability));

    internal static double ExpectedCalibrationError(IReadOnlyList<ReliabilityBin> bins) => bins.Sum(b => b.Count * b.Gap) / bins.Sum(b => (long)b.Count);

    internal static double MaximumCalibrationError(IReadOnlyList<ReliabilityBin> bins) => bins.Where(b => b.Count > 0).Max(b => b.Gap);

    /// <summary>Where the run of equal confidences from <paramref name="start"/> ends, and its accuracy.</summary>
    private static (int End, double Accuracy) Tied(float[] sorted, bool[] right, int start)
    {
        int end = start, hits = 0;
        for (; end < sorted.Length && sorted[end] == sorted[start]; end++)
            hits += right[end] ? 1 : 0;
        return (end, hits / (double)(end - start));
    }
}
