using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Output;
using Hdge.Onnx;
using Hdge.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet;

public sealed partial class HdgeTransformer
{
    /// <summary>
    /// Writes model, column names and class labels as an ONNX file, which <c>ml.Transforms.ScoreHdgeOnnx</c> of the package Hdge.MLNet.Onnx scores without libtorch, with the same columns. The steps
    /// before this transformer are not in it: <c>ml.Model.ConvertToOnnx</c> exports whole pipelines.
    /// </summary>
    /// <param name="path">The file, which appears only when it is whole.</param>
    /// <param name="options">Input, precision, version of the operators. Default null: bytes where the model was trained on bytes, pictures or image files.</param>
    /// <exception cref="ArgumentException">An option is out of range, 8 bits are asked for with fewer than 200 calibration images, or a column has the name "logits" or "features".</exception>
    /// <exception cref="NotSupportedException">The network, the calibrator or the score that decides has no graph, or it is an ensemble; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public void SaveOnnx(string path, OnnxOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, stream => SaveOnnx(stream, options));
    }

    /// <summary>As <see cref="SaveOnnx(string, OnnxOptions?)"/>, into a stream.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="options">Input, precision, version of the operators. Default null: bytes where the model was trained on bytes, pictures or image files.</param>
    public void SaveOnnx(Stream stream, OnnxOptions? options = null)
    {
        ThrowIfDisposed();
        var model = Exported;
        var columns = new OnnxColumns(FeatureColumnName, Outputs.PredictedLabel, Outputs.Score, Outputs.LogDensity, Outputs.Confidence, Outputs.IsInDistribution, Outputs.DetectionScore, Outputs.CalibratedScore,
            Outputs.PredictionSet, FeatureColumnType is VectorDataViewType ? null : Photos, OutOfRange, Labels is { } labels ? new(LabelValueCodec.For(labels).Name, LabelValueCodec.For(labels).Write(labels)) : null);
        model.SaveOnnx(stream, columns, options ?? new() { Input = OwnInput }, CancellationToken.None);
    }

    /// <summary>As <see cref="SaveOnnx(string, OnnxOptions?)"/> in 8 bits, with calibration images from data.</summary>
    /// <param name="path">The file.</param>
    /// <param name="calibration">At least 200 labelled rows that the model was not trained on, with this transformer's feature column.</param>
    /// <param name="labelColumnName">Column with their labels: the key of training.</param>
    /// <param name="options">Further options. Default null.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type, or there are fewer rows.</exception>
    public void SaveOnnxInt8(string path, IDataView calibration, string labelColumnName = "Label", OnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        ThrowIfDisposed();
        var model = Exported;
        using IChannel channel = Environment.Register("Hdge").Start("Export");
        var columns = new HdgeTrainer.Options
        {
            FeatureColumnName = FeatureColumnName,
            LabelColumnName = labelColumnName,
            ImageShape = ImageShape,
            Photos = Photos,
            Training = new() { Network = model.NetworkOptions, Scaling = model.Scaling },
        };
        using var rows = new TrainingRows(calibration, columns, message => channel.Warning(MessageSensitivity.Schema, message), weighted: false);
        if (rows.ClassCount != model.ClassCount)
            throw new ArgumentException($"The label column '{labelColumnName}' is a key of {rows.ClassCount} values, expected {model.ClassCount}, those of training.", nameof(labelColumnName));
        using ImageSet images = rows.Read(calibration, CancellationToken.None);
        SaveOnnx(path, (options ?? new() { Input = OwnInput }) with { Precision = OnnxPrecision.Int8, CalibrationImages = images });
    }

    /// <summary>The model that has a graph.</summary>
    /// <exception cref="NotSupportedException">There are several.</exception>
    internal HdgeModel Exported => Ensemble is null ? Model : throw new NotSupportedException(
        $"An ensemble of {Ensemble.Members.Count} models has no ONNX graph: save it with mlContext.Model.Save, or train a single model ({nameof(HdgeTrainer.Options)}.{nameof(HdgeTrainer.Options.Members)} = 1).");

    private OnnxInput OwnInput => FeatureColumnType is VectorDataViewType vector && vector.ItemType != NumberDataViewType.Byte ? OnnxInput.Single : OnnxInput.Byte;
}
