using Hdge.Conformal;

namespace Hdge.Serving;

/// <summary>What a model says of one image: a row of a <see cref="ScoreBatch"/>, where each value is described.</summary>
public sealed record ImageScore
{
    private ImageScore()
    {
    }

    /// <summary>Class of the largest probability, 0-based.</summary>
    public required int PredictedClass { get; init; }

    /// <summary>softmax f(x), one a class: 0..1, sum 1. Not calibrated.</summary>
    public required IReadOnlyList<float> Probabilities { get; init; }

    /// <summary>Calibrated probabilities, one a class: 0..1, sum 1.</summary>
    public required IReadOnlyList<float> CalibratedProbabilities { get; init; }

    /// <summary>LogSumExp of the logits, in nats, up to a constant of the model.</summary>
    public required float LogDensity { get; init; }

    /// <summary>Calibrated probability that the predicted class is right, 0..1.</summary>
    public required float Confidence { get; init; }

    /// <summary>The score that decides; higher is more in-distribution.</summary>
    public required float DetectionScore { get; init; }

    /// <summary>False where the image's values lie far outside those trained on.</summary>
    public required bool IsInRange { get; init; }

    /// <summary>Whether the image is like those that the model was trained on.</summary>
    public required bool IsInDistribution { get; init; }

    /// <summary>One a class: whether it is in the prediction set. Null where the model makes none.</summary>
    public required IReadOnlyList<bool>? PredictionSet { get; init; }

    /// <summary>How many images shared the forward pass, at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How long the image waited before its forward pass began.</summary>
    public required TimeSpan Waited { get; init; }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);

    internal static ImageScore Of(ScoreBatch scores, int row, ConformalPredictor? sets, TimeSpan waited)
    {
        int classes = scores.ClassCount;
        var probabilities = scores.Probabilities.AsSpan(row * classes, classes);
        bool[]? set = sets is null ? null : new bool[classes];
        sets?.Predict(probabilities, set);
        return new()
        {
            PredictedClass = scores.PredictedClass[row],
            Probabilities = probabilities.ToArray(),
            CalibratedProbabilities = scores.CalibratedProbabilities.AsSpan(row * classes, classes).ToArray(),
            LogDensity = scores.LogDensity[row],
            Confidence = scores.Confidence[row],
            DetectionScore = scores.DetectionScore[row],
            IsInRange = scores.IsInRange[row],
            IsInDistribution = scores.IsInDistribution[row],
            PredictionSet = set,
            BatchSize = scores.Count,
            Waited = waited,
        };
    }
}
