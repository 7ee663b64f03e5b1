using Hdge.MLNet.Onnx;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Adds the scoring of exported HDGE models to the transforms of an <see cref="MLContext"/>.</summary>
public static class HdgeOnnxCatalog
{
    /// <summary>Scores images with an HDGE model in an ONNX file, without libtorch.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="modelFile">The file that HdgeModel.SaveOnnx or HdgeTransformer.SaveOnnx wrote.</param>
    /// <param name="featureColumnName">Column with the images; null for that of the exported transformer, or "Features".</param>
    /// <param name="threads">Threads that a call computes with, at least 1; null for as many as the process may use cores.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or no exported HDGE model.</exception>
    public static HdgeOnnxEstimator ScoreHdgeOnnx(this TransformsCatalog catalog, string modelFile, string? featureColumnName = null, int? threads = null) =>
        ScoreHdgeOnnx(catalog, new HdgeOnnxEstimator.Options { ModelFile = modelFile, FeatureColumnName = featureColumnName, Session = new() { Threads = threads } });

    /// <summary>Scores images with an HDGE model in an ONNX file, without libtorch.</summary>
    /// <param name="catalog">The context's transforms.</param>
    /// <param name="options">All settings. They are copied: later changes do not reach the estimator.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or no exported HDGE model.</exception>
    public static HdgeOnnxEstimator ScoreHdgeOnnx(this TransformsCatalog catalog, HdgeOnnxEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(CatalogUtils.GetEnvironment(catalog), options);
    }
}
