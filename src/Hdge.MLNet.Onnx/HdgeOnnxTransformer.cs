using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Onnx.Interop;
using Hdge.MLNet.Output;
using Hdge.MLNet.Scoring;
using Hdge.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Onnx;

/// <summary>
/// Scores images with an HDGE model that was exported to ONNX, without libtorch: the same columns as HdgeTransformer, and the same meaning. <see cref="ImageTransformer.Transform"/> computes nothing before a getter
/// asks for it. One transformer may be used by several threads at once. Made by <c>ml.Transforms.ScoreHdgeOnnx</c>.
/// </summary>
public sealed class HdgeOnnxTransformer : ImageTransformer
{
    internal HdgeOnnxTransformer(IHostEnvironment environment, HdgeOnnxModel model, string featureColumnName, OutputColumnNames outputs, LabelValues? labels, OnnxSessionOptions session)
        : base(environment, featureColumnName) => (Model, Outputs, Labels, Session) = (model, outputs, labels, session);

    /// <summary>The network with its calibration. It belongs to this transformer: do not dispose it.</summary>
    public HdgeOnnxModel Model { get; }

    /// <inheritdoc/>
    public override ImageShape ImageShape => Model.InputShape;

    /// <summary>What the classes stand for, in the order of the items of Score; class numbers from 0 where the file has no names.</summary>
    public IReadOnlyList<string> ClassNames => Model.ClassNames;

    internal OutputColumnNames Outputs { get; }

    internal LabelValues? Labels { get; }

    internal OnnxSessionOptions Session { get; }

    internal override bool TakesFeatures => ((IScoringModel)Model).TakesFeatures;

    private protected override bool IsDisposed => Model.IsDisposed;

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();

    /// <summary>One line: what it reads and with what it scores.</summary>
    public override string ToString() => $"HDGE transformer: column '{FeatureColumnName}', {Model}";

    internal override RowScores CreateScores(int capacity) => new ClassifierScores(Model, Outputs, capacity);

    internal override DataViewSchema Outline(DataViewSchema input) => OutputSchema.Create(input, Outputs, Model.ClassCount, Labels);

    internal override FeatureColumn FindFeatures(DataViewSchema input)
    {
        var found = FeatureColumn.Find(input, FeatureColumnName, ImageShape, TakesFeatures, takesPictures: Model.Columns.Photos is not null);
        return Model.Input == OnnxInput.Byte && found.Vector is { } type && type.ItemType != NumberDataViewType.Byte
            ? throw new ArgumentException($"The feature column '{FeatureColumnName}' has the type {type}, expected a vector of {NumberDataViewType.Byte}: the ONNX file takes bytes. "
                + $"Give it bytes of 0..255, or export the model with {nameof(OnnxInput)}.{nameof(OnnxInput.Single)}.", nameof(input))
            : found;
    }

    internal override void SaveAsOnnx(IDataView source, DataViewSchema output, OnnxContext context) => throw new NotSupportedException(
        $"ConvertToOnnx cannot export {nameof(HdgeOnnxTransformer)}: it is made of an ONNX file already. Convert the pipeline with the HdgeTransformer that the file was exported from.");

    private protected override void Save(ModelSaveContext context) => OnnxZip.Save(this, context);
}
