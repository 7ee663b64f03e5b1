namespace Hdge.Metrics;

/// <summary>How far a confidence can be trusted, where only the probability of the predicted class is known and not that of every class.</summary>
public sealed record ConfidenceMetrics
{
    /// <summary>Number of images.</summary>
    public required int Count { get; init; }

    /// <summary>Mean confidence, 0..1.</summary>
    public required double Mean { get; init; }

    /// <summary><see cref="ProbabilityMetrics.ExpectedCalibrationError(ReadOnlySpan{float}, ReadOnlySpan{bool}, int)"/>, 0..1.</summary>
    public required double Ece { get; init; }

    /// <summary>What <see cref="Ece"/> would be by chance alone; below its mean an ECE says nothing.</summary>
    public required CalibrationNoise EceNoise { get; init; }

    /// <summary><see cref="Ece"/> less the mean of <see cref="EceNoise"/>, not below 0: what is left is the model's (after Kumar, Liang and Ma 2019, who debias the squared error).</summary>
    public double DebiasedEce => Math.Max(0, Ece - EceNoise.Mean);

    /// <summary><see cref="ProbabilityMetrics.MaximumCalibrationError(ReadOnlySpan{float}, ReadOnlySpan{bool}, int)"/>, 0..1.</summary>
    public required double Mce { get; init; }

    /// <summary><see cref="ProbabilityMetrics.AdaptiveCalibrationError"/>, 0..1.</summary>
    public required double AdaptiveEce { get; init; }

    /// <summary>The bins of <see cref="Ece"/> and <see cref="Mce"/>, for a reliability diagram.</summary>
    public required IReadOnlyList<ReliabilityBin> Bins { get; init; }

    /// <summary>Selective classification by confidence: AURC, E-AURC, coverage at a risk, risk at a coverage.</summary>
    public required RiskCoverageCurve RiskCoverage { get; init; }

    /// <summary>All metrics.</summary>
    /// <param name="confidences">Probability of the predicted class, 0..1, one an image.</param>
    /// <param name="correct">Whether the predicted class was right, one an image.</param>
    /// <param name="bins">Number of bins of the calibration errors, at least 1. Default 20 as in the HDGE paper.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no images, or a value is out of range.</exception>
    public static ConfidenceMetrics Of(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20)
    {
        ReliabilityBin[] reliability = Reliability.Bins(confidences, correct, bins);
        double sum = 0;
        foreach (float confidence in confidences)
            sum += confidence;
        return new()
        {
            Count = confidences.Length,
            Mean = sum / confidences.Length,
            Ece = ProbabilityMetrics.ExpectedCalibrationError(reliability),
            EceNoise = CalibrationNoise.Of(confidences, bins),
            Mce = ProbabilityMetrics.MaximumCalibrationError(reliability),
            AdaptiveEce = ProbabilityMetrics.AdaptiveCalibrationError(confidences, correct, bins),
            Bins = reliability,
            RiskCoverage = new(confidences, correct),
        };
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}
