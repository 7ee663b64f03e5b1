namespace Hdge.Metrics;

/// <summary>How far class probabilities can be trusted: all metrics of one set of images.</summary>
public sealed record CalibrationMetrics
{
    /// <summary>Number of images.</summary>
    public required int Count { get; init; }

    /// <summary>Share of images whose largest probability (the first of equals) is that of the label.</summary>
    public required double Accuracy { get; init; }

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

    /// <summary><see cref="ProbabilityMetrics.ClasswiseCalibrationError"/>, 0..1.</summary>
    public required double ClasswiseEce { get; init; }

    /// <summary><see cref="ProbabilityMetrics.BrierScore"/>, 0..2.</summary>
    public required double Brier { get; init; }

    /// <summary><see cref="ProbabilityMetrics.NegativeLogLikelihood(ReadOnlySpan{float}, ReadOnlySpan{int}, int)"/>, nats.</summary>
    public required double NegativeLogLikelihood { get; init; }

    /// <summary>The bins of <see cref="Ece"/> and <see cref="Mce"/>, for a reliability diagram.</summary>
    public required IReadOnlyList<ReliabilityBin> Bins { get; init; }

    /// <summary>Selective classification by the largest probability: AURC, E-AURC, coverage at a risk, risk at a coverage.</summary>
    public required RiskCoverageCurve RiskCoverage { get; init; }

    /// <summary>All metrics.</summary>
    /// <param name="probabilities">Count × classes, image after image: 0..1, each row summing to 1 within 0.001.</param>
    /// <param name="labels">One class an image.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <param name="bins">Number of bins of the calibration errors, at least 1. Default 20 as in the HDGE paper.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public static CalibrationMetrics Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount, int bins = 20)
    {
        ProbabilityRows.Check(probabilities, labels, classCount);
        var confidences = new float[labels.Length];
        var correct = new bool[labels.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classCount, classCount);
            int best = LogitRow.Best(row);
            (confidences[i], correct[i]) = (row[best], best == labels[i]);
        }
        var reliability = Reliability.Bins(confidences, correct, bins);
        return new()
        {
            Count = labels.Length,
            Accuracy = correct.Count(c => c) / (double)labels.Length,
            Ece = ProbabilityMetrics.ExpectedCalibrationError(reliability),
            EceNoise = CalibrationNoise.Of(confidences, bins),
            Mce = ProbabilityMetrics.MaximumCalibrationError(reliability),
            AdaptiveEce = ProbabilityMetrics.AdaptiveCalibrationError(confidences, correct, bins),
            ClasswiseEce = ProbabilityMetrics.ClasswiseCalibrationError(probabilities, labels, classCount, bins),
            Brier = ProbabilityMetrics.BrierScore(probabilities, labels, classCount),
            NegativeLogLikelihood = ProbabilityMetrics.NegativeLogLikelihood(probabilities, labels, classCount),
            Bins = reliability,
            RiskCoverage = new(confidences, correct),
        };
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}
