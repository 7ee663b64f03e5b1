namespace Hdge.Metrics;

/// <summary>How a model does on labelled images of its own classes: the one computation behind reports and ML.NET's evaluation.</summary>
internal sealed record KnownMetrics
{
    /// <summary>Of the probabilities before calibration.</summary>
    public required CalibrationMetrics Uncalibrated { get; init; }

    /// <summary>Of the calibrated confidence.</summary>
    public required ConfidenceMetrics Confidence { get; init; }

    /// <summary>Share of the images flagged as unlike those trained on, 0..1.</summary>
    public required double FlaggedShare { get; init; }

    /// <summary>Whether the predicted class is right, one an image.</summary>
    public required bool[] Correct { get; init; }

    /// <param name="scores">What a model said of the images.</param>
    /// <param name="bins">Equal bins of the calibration errors, at least 1.</param>
    /// <exception cref="ArgumentException">There are no images, or a value is out of range.</exception>
    public static KnownMetrics Of(in KnownScores scores, int bins = 20)
    {
        var correct = new bool[scores.Labels.Length];
        for (int i = 0; i < correct.Length; i++)
            correct[i] = scores.Labels[i] == scores.Predicted[i];
        return new()
        {
            Uncalibrated = CalibrationMetrics.Of(scores.Probabilities, scores.Labels, scores.ClassCount, bins),
            Confidence = ConfidenceMetrics.Of(scores.Confidences, correct, bins),
            FlaggedShare = (double)scores.Flagged / correct.Length,
            Correct = correct,
        };
    }
}

/// <summary>What a model said of labelled images.</summary>
internal readonly ref struct KnownScores
{
    public required int ClassCount { get; init; }

    /// <summary>Class of each image, from 0.</summary>
    public required ReadOnlySpan<int> Labels { get; init; }

    /// <summary>Predicted class of each image, from 0; −1 where it is missing.</summary>
    public required ReadOnlySpan<int> Predicted { get; init; }

    /// <summary>Before calibration, image after image.</summary>
    public required ReadOnlySpan<float> Probabilities { get; init; }

    /// <summary>Calibrated probability of the predicted class, one an image.</summary>
    public required ReadOnlySpan<float> Confidences { get; init; }

    /// <summary>How many were flagged as unlike those trained on.</summary>
    public required int Flagged { get; init; }
}
