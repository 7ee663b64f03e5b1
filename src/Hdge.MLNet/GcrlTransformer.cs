using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Representing;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet;

/// <summary>
/// Represents images by a network that was trained without labels. It adds three columns, whose names <see cref="GcrlEstimator.Options"/> can change, and a fourth where it has a name:
/// <list type="table">
/// <item><term>Representation</term><description>vector of Single: the image's features, for whatever trainer comes next.</description></item>
/// <item><term>LogLikelihood</term><description>Single: log p(x) of the image in its colours and size in the network, in nats.</description></item>
/// <item><term>IsInDistribution</term><description>Boolean: whether the detection score lies in the range set in training, and the pixels near those of training; false where the image is missing.</description></item>
/// <item><term>DetectionScore</term><description>Single: the score that IsInDistribution goes by; higher is more like the training images.</description></item>
/// </list>
/// <see cref="ImageTransformer.Transform"/> computes nothing before a getter asks for it; rows are then taken in batches. One transformer may be used by several threads at once.
/// </summary>
public sealed class GcrlTransformer : ImageTransformer
{
    internal GcrlTransformer(IHostEnvironment environment, RepresentationModel model, string featureColumnName, bool takesPictures, RepresentationColumns outputs)
        : base(environment, featureColumnName) => (Model, TakesPictures, Outputs) = (model, takesPictures, outputs);

    /// <summary>The trained network: it also draws images. It belongs to this transformer: do not dispose it.</summary>
    public RepresentationModel Model { get; }

    /// <inheritdoc/>
    public override ImageShape ImageShape => Model.InputShape;

    /// <summary>Name of the column with the representations.</summary>
    public string OutputColumnName => Outputs.Representation;

    internal RepresentationColumns Outputs { get; }

    /// <summary>Whether it was trained on pictures or their paths, and takes these.</summary>
    internal bool TakesPictures { get; }

    internal override bool TakesFeatures => false;

    private protected override bool IsDisposed => Model.IsDisposed;

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();

    /// <summary>One line: what it reads and with what it scores.</summary>
    public override string ToString() => $"GCRL transformer: '{FeatureColumnName}' to '{OutputColumnName}', {Model}";

    internal override RowScores CreateScores(int capacity) => new RepresentationScores(Model, capacity);

    internal override DataViewSchema Outline(DataViewSchema input) => Outputs.Append(input, Model.RepresentationLength);

    internal override FeatureColumn FindFeatures(DataViewSchema input) => FeatureColumn.Find(input, FeatureColumnName, ImageShape, takesFeatures: false, TakesPictures);

    internal override void SaveAsOnnx(IDataView source, DataViewSchema output, OnnxContext context) => throw new NotSupportedException(
        "ConvertToOnnx cannot export a GCRL transformer: the file would lack the network, and take its answers for inputs. Save the model with mlContext.Model.Save, or GcrlTransformer.Model.Save.");

    private protected override void Save(ModelSaveContext context) => GcrlZip.Save(this, context);
}
