namespace Hdge.MLNet;

/// <summary>Columns and settings of <c>mlContext.MulticlassClassification.EvaluateHdge(…)</c>.</summary>
public sealed class HdgeEvaluationOptions
{
    /// <summary>Column with the labels: a key with as many values as there are classes. Default "Label".</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>Column with the class probabilities before calibration: a vector of Single with an item a class, 0..1, sum 1. Default "Score".</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>Column with the predicted class: a key with as many values as there are classes. Default "PredictedLabel".</summary>
    public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

    /// <summary>Column with the calibrated probability that the predicted class is right: Single, 0..1. Default "Confidence".</summary>
    public string ConfidenceColumnName { get; set; } = "Confidence";

    /// <summary>Column with the score that <see cref="IsInDistributionColumnName"/> goes by: Single, finite, higher is more like the training images. Default "DetectionScore".</summary>
    public string DetectionScoreColumnName { get; set; } = "DetectionScore";

    /// <summary>Column with the log-density, evaluated besides where the data has it: Single, finite. Default "LogDensity".</summary>
    public string LogDensityColumnName { get; set; } = "LogDensity";

    /// <summary>Column that says whether an image is like those trained on: Boolean. Default "IsInDistribution".</summary>
    public string IsInDistributionColumnName { get; set; } = "IsInDistribution";

    /// <summary>Column with the class probabilities after calibration, evaluated where the data has it: a vector as <see cref="ScoreColumnName"/>. Default "CalibratedScore".</summary>
    public string CalibratedScoreColumnName { get; set; } = "CalibratedScore";

    /// <summary>Column with the prediction sets, evaluated where the data has it: a vector of Boolean with an item a class. Default "PredictionSet".</summary>
    public string PredictionSetColumnName { get; set; } = "PredictionSet";

    /// <summary>Number of equal bins (lo, hi] of the calibration errors, at least 1. Default 20 as in the HDGE paper.</summary>
    public int Bins { get; set; } = 20;

    /// <summary>Share of known images to accept where the false-positive rate is read, (0, 1]. Default 0.95.</summary>
    public double TruePositiveRate { get; set; } = 0.95;

    /// <summary>As topKPredictionCount of ML.NET's Evaluate: top-k accuracies up to this k, at least 0. Default 0, none.</summary>
    public int TopKPredictionCount { get; set; }

    /// <summary>Stops the evaluation, looked at before every row. Default: none.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>One line: the columns that are evaluated and the settings.</summary>
    public override string ToString() =>
        $"label '{LabelColumnName}', score '{ScoreColumnName}', confidence '{ConfidenceColumnName}', detection score '{DetectionScoreColumnName}', {Bins} bins, false-positive rate at {TruePositiveRate}";

    /// <exception cref="ArgumentException">A name is empty or a number out of range.</exception>
    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(ScoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(PredictedLabelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(ConfidenceColumnName);
        ArgumentException.ThrowIfNullOrEmpty(DetectionScoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(LogDensityColumnName);
        ArgumentException.ThrowIfNullOrEmpty(IsInDistributionColumnName);
        ArgumentException.ThrowIfNullOrEmpty(CalibratedScoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(PredictionSetColumnName);
        if (Bins < 1)
            throw new ArgumentOutOfRangeException(nameof(Bins), $"{nameof(Bins)} is {Bins}, expected at least 1.");
        if (TruePositiveRate is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(TruePositiveRate), $"{nameof(TruePositiveRate)} is {TruePositiveRate}, expected more than 0 and at most 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(TopKPredictionCount);
    }
}
