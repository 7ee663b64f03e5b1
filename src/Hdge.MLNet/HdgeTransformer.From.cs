using Microsoft.ML;

namespace Hdge.MLNet;

public sealed partial class HdgeTransformer
{
    /// <summary>Name of the column with the predicted class.</summary>
    public string PredictedLabelColumnName => Outputs.PredictedLabel;

    /// <summary>Name of the column with the class probabilities.</summary>
    public string ScoreColumnName => Outputs.Score;

    /// <summary>Name of the column with the log-density.</summary>
    public string LogDensityColumnName => Outputs.LogDensity;

    /// <summary>Name of the column with the calibrated confidence.</summary>
    public string ConfidenceColumnName => Outputs.Confidence;

    /// <summary>Name of the column that says whether an image is like those trained on.</summary>
    public string IsInDistributionColumnName => Outputs.IsInDistribution;

    /// <summary>Name of the column with all classes' calibrated probabilities; null where there is none.</summary>
    public string? CalibratedScoreColumnName => Outputs.CalibratedScore;

    /// <summary>Name of the column with the prediction sets; null where there is none.</summary>
    public string? PredictionSetColumnName => Outputs.PredictionSet;

    /// <summary>Name of the column with the disagreement of an ensemble's members; null where there is none.</summary>
    public string? DisagreementColumnName => Outputs.Disagreement;

    /// <summary>Name of the column with the score that the flag goes by.</summary>
    public string DetectionScoreColumnName => Outputs.DetectionScore;

    /// <summary>
    /// The HDGE transformer in a fitted or loaded model, with its class names, column names and network. It stays the model's: do not dispose of it
    /// while the model is used.
    /// </summary>
    /// <param name="model">What Fit or <c>mlContext.Model.Load</c> gave: an HDGE transformer, or a chain with one, however deep.</param>
    /// <exception cref="ArgumentException">There is none, or more than one.</exception>
    public static HdgeTransformer From(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ITransformer[] parts = [.. Parts(model)];
        HdgeTransformer[] found = [.. parts.OfType<HdgeTransformer>().Distinct()];
        if (found.Length == 1)
            return found[0];
        string names = string.Join(", ", parts.Select(part => part.GetType().Name.Split('`')[0]));
        throw new ArgumentException(found.Length == 0
            ? $"The model holds no HDGE transformer, expected one: it is made of {(parts.Length == 0 ? "nothing" : names)}. Fit a pipeline with MulticlassClassification.Trainers.Hdge, or load one."
            : $"The model holds {found.Length} HDGE transformers, of the feature columns '{string.Join("', '", found.Select(one => one.FeatureColumnName))}', expected one: "
                + $"pick it from the chain yourself, for example by {nameof(FeatureColumnName)}.", nameof(model));
    }

    // A chain is a sequence of its parts; no other transformer is.
    private static IEnumerable<ITransformer> Parts(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Parts) : [model];
}
