namespace Hdge.Metrics;

/// <summary>
/// What the expected calibration error of a perfectly calibrated model would be on as many images with these confidences: chance alone leaves no bin's accuracy at its mean confidence. From
/// <see cref="Draws"/> draws of which images are right, each with the probability that its confidence says; the same confidences always give the same numbers.
/// </summary>
/// <param name="Mean">The mean: the floor under which an ECE says nothing.</param>
/// <param name="Upper">The 95 % quantile: an ECE above it is hardly chance.</param>
public readonly record struct CalibrationNoise(double Mean, double Upper)
{
    /// <summary>Draws.</summary>
    public const int Draws = 200;

    private const double UpperShare = 0.95;

    /// <summary>The noise of some confidences.</summary>
    /// <param name="confidences">Probability of the predicted class, 0..1, one an image.</param>
    /// <param name="bins">Number of bins, at least 1. Default 20.</param>
    /// <exception cref="ArgumentException">There are no images, or a confidence is outside 0..1.</exception>
    public static CalibrationNoise Of(ReadOnlySpan<float> confidences, int bins = 20)
    {
        Argument.Require(bins >= 1, bins, "at least 1");
        Reliability.Check(confidences, new bool[confidences.Length]);
        int[] bin = new int[confidences.Length];
        for (int i = 0; i < bin.Length; i++)
            bin[i] = Reliability.Bin(confidences[i], bins);
        var errors = new double[Draws];
        var random = new Random(0);
        var gaps = new double[bins];
        for (int draw = 0; draw < Draws; draw++)
        {
            Array.Clear(gaps);
            for (int i = 0; i < bin.Length; i++)
                gaps[bin[i]] += confidences[i] - (random.NextSingle() < confidences[i] ? 1 : 0);
            errors[draw] = gaps.Sum(Math.Abs) / bin.Length;
        }
        Array.Sort(errors);
        return new(errors.Average(), errors[QuantileRank.Of(UpperShare, Draws) - 1]);
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}
