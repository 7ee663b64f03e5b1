using Hdge.Detection;
using Hdge.Metrics;
using Microsoft.ML.Data;

namespace Hdge.MLNet;

/// <summary>What an HDGE model knows, and what it knows of what it does not know.</summary>
public sealed record HdgeMetrics
{
    /// <summary>ML.NET's own metrics of the labelled images: accuracy, log-loss, confusion matrix.</summary>
    public required MulticlassClassificationMetrics Multiclass { get; init; }

    /// <summary>Before calibration: ECE and its relatives, Brier score, negative log-likelihood and risk–coverage curve of the score.</summary>
    public required CalibrationMetrics Uncalibrated { get; init; }

    /// <summary>After calibration: ECE, MCE, adaptive ECE and risk–coverage curve of the confidence.</summary>
    public required ConfidenceMetrics Confidence { get; init; }

    /// <summary>After calibration, of all classes' probabilities; null where the data has no such column (<see cref="HdgeTrainer.Options.CalibratedScoreColumnName"/>).</summary>
    public required CalibrationMetrics? Calibrated { get; init; }

    /// <summary>Coverage and size of the prediction sets; null where the data has no such column (<see cref="HdgeTrainer.Options.PredictionSetColumnName"/>).</summary>
    public required PredictionSetMetrics? PredictionSets { get; init; }

    /// <summary>Share of the labelled images flagged as unlike those trained on, 0..1; lower is better.</summary>
    public required double FlaggedShare { get; init; }

    /// <summary>One entry an unknown set, as given.</summary>
    public required IReadOnlyList<UnknownSetMetrics> Unknowns { get; init; }

    /// <summary>Detection metrics averaged over the unknown sets of each group, in the order in which the groups first appear.</summary>
    public required IReadOnlyList<DetectionGroup> Groups { get; init; }

    /// <summary>Labelled rows evaluated.</summary>
    public int Count => Uncalibrated.Count;

    /// <summary>Rows left out because their label is missing.</summary>
    public required long MissingLabels { get; init; }

    /// <summary>Short lines: accuracy and calibration of the labelled images, then one an unknown set.</summary>
    public override string ToString()
    {
        string text = $"{Count} images: accuracy {Multiclass.MicroAccuracy:F4}, log-loss {Multiclass.LogLoss:F4}, ECE {Uncalibrated.Ece:F4} (calibrated {Confidence.Ece:F4}), "
            + $"{FlaggedShare:P1} flagged as unlike the training images";
        if (PredictionSets is { } sets)
            text += $", {sets.Coverage:P1} in their prediction set of {sets.MeanSize:F2} classes";
        return string.Join(Environment.NewLine, [text, .. Unknowns.Select(set => $"{set}")]);
    }
}
