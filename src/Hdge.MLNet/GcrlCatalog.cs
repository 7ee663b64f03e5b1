using Hdge.Data;
using Hdge.MLNet;
using Hdge.MLNet.Interop;
using Hdge.Training;

namespace Microsoft.ML;

/// <summary>Adds representations of images learned without labels to the transforms of an <see cref="MLContext"/>.</summary>
public static class GcrlCatalog
{
    /// <summary>Learns representations of images without labels, generative and contrastive at once (GCRL, Kim, Kim and Lee 2021), with the settings that matter most.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="outputColumnName">Name of the new column with the representations: a vector of Single.</param>
    /// <param name="inputColumnName">Column with the images: a vector of known size of Single (0..1) or Byte (0..255), channel first, or with an image shape pictures (MLImage) or paths of image files; null where it is the output column, which is then replaced.</param>
    /// <param name="imageShape">Channels, height and width of an image; null for what the column's dimensions say, or square grey or colour images.</param>
    /// <param name="epochs">Passes over the training images, at least 1; null for those of <see cref="TrainingPresets.GcrlFast"/>.</param>
    /// <exception cref="ArgumentException">A column name is empty.</exception>
    public static GcrlEstimator Gcrl(this TransformsCatalog catalog, string outputColumnName = "Representation", string? inputColumnName = "Features", ImageShape? imageShape = null, int? epochs = null) =>
        Gcrl(catalog, new GcrlEstimator.Options { OutputColumnName = outputColumnName, InputColumnName = inputColumnName ?? outputColumnName, ImageShape = imageShape, Epochs = epochs });

    /// <summary>Learns representations of images without labels.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="options">All settings. They are copied: later changes do not reach the estimator.</param>
    /// <exception cref="ArgumentException">A column name is empty or used for two columns.</exception>
    public static GcrlEstimator Gcrl(this TransformsCatalog catalog, GcrlEstimator.Options options) => new(HostEnvironments.Of(catalog), options);
}
