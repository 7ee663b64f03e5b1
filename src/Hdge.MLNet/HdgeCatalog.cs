using Hdge.Data;
using Hdge.MLNet;
using Hdge.MLNet.Interop;
using Hdge.Training;

namespace Microsoft.ML;

/// <summary>Adds HDGE to the multiclass trainers of an <see cref="MLContext"/>.</summary>
public static class HdgeCatalog
{
    /// <summary>Makes a trainer of HDGE image classifiers with the settings that matter most.</summary>
    /// <param name="catalog">The context's multiclass trainers.</param>
    /// <param name="labelColumnName">Column with the labels: a key of 2 classes or more.</param>
    /// <param name="featureColumnName">Column with the images: a vector of known size of Single (0..1) or Byte (0..255), channel first.</param>
    /// <param name="imageShape">Channels, height and width of an image; null for what the column's dimensions say, or square grey or colour images.</param>
    /// <param name="epochs">Passes over the training images, at least 1; null for the default of <see cref="TrainingOptions.Epochs"/>.</param>
    /// <exception cref="ArgumentException">A column name is empty.</exception>
    public static HdgeTrainer Hdge(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        ImageShape? imageShape = null,
        int? epochs = null)
    {
        var options = new HdgeTrainer.Options { LabelColumnName = labelColumnName, FeatureColumnName = featureColumnName, ImageShape = imageShape };
        if (epochs is { } count)
            options.Epochs = count;
        return Hdge(catalog, options);
    }

    /// <summary>Makes a trainer of HDGE image classifiers.</summary>
    /// <param name="catalog">The context's multiclass trainers.</param>
    /// <param name="options">All settings. They are copied: later changes do not reach the trainer.</param>
    /// <exception cref="ArgumentException">A column name is empty or used for two columns.</exception>
    public static HdgeTrainer Hdge(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, HdgeTrainer.Options options) =>
        new(HostEnvironments.Of(catalog), options);
}
