using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Hdge.MLNet.Scoring;
using Hdge.Reports;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet;

/// <summary>
/// Scores images with a trained HDGE model, or an ensemble of some. It adds six columns, whose names <see cref="HdgeTrainer.Options"/> can change, and up to three more where they are given a name:
/// <list type="table">
/// <item><term>PredictedLabel</term><description>key, with the label's key values: the most probable class.</description></item>
/// <item><term>Score</term><description>vector of Single, one item a class: class probabilities, 0..1, sum 1.</description></item>
/// <item><term>LogDensity</term><description>Single: log-density of the image in nats, up to a constant of the model; higher is more like the training images.</description></item>
/// <item><term>Confidence</term><description>Single, 0..1: calibrated probability that the predicted class is right.</description></item>
/// <item><term>IsInDistribution</term><description>Boolean: whether the detection score lies in the range set in training, and the features near those of training; false where the image is missing.</description></item>
/// <item><term>DetectionScore</term><description>Single: the score that IsInDistribution goes by, the log-density unless another was chosen; higher is more like the training images.</description></item>
/// <item><term>CalibratedScore</term><description>vector of Single, one item a class: calibrated class probabilities, 0..1, sum 1.</description></item>
/// <item><term>PredictionSet</term><description>vector of Boolean, one item a class: whether the class is in the image's prediction set.</description></item>
/// <item><term>Disagreement</term><description>Single: mutual information of class and member of an ensemble, in nats, 0 where all say the same.</description></item>
/// </list>
/// <see cref="ImageTransformer.Transform"/> computes nothing before a getter asks for it. One transformer may be used by several threads at once.
/// </summary>
public sealed partial class HdgeTransformer : ImageTransformer, ISingleFeaturePredictionTransformer<HdgeModel>
{
    private readonly IEvaluatedModel _model;

    internal HdgeTransformer(IHostEnvironment environment, IEvaluatedModel model, string featureColumnName, DataViewType featureColumnType, OutputColumnNames outputs, LabelValues? labels)
        : base(environment, featureColumnName) => (_model, FeatureColumnType, Outputs, Labels) = (model, featureColumnType, outputs, labels);

    /// <summary>The trained network with its calibration. It belongs to this transformer: do not dispose it.</summary>
    /// <exception cref="InvalidOperationException">There are several, an <see cref="Ensemble"/>: one of them would answer otherwise.</exception>
    public HdgeModel Model => _model as HdgeModel ?? throw new InvalidOperationException($"The transformer holds an ensemble of {Ensemble!.Members.Count}, expected a single model: take {nameof(Ensemble)}, or {nameof(ScoringModel)}, which either is.");

    /// <summary>The trained networks as one; null where there is one alone, <see cref="Model"/>. It belongs to this transformer: do not dispose it.</summary>
    public HdgeEnsemble? Ensemble => _model as HdgeEnsemble;

    /// <summary><see cref="Model"/> or <see cref="Ensemble"/>: what the columns are made by.</summary>
    public IScoringModel ScoringModel => _model;

    /// <inheritdoc cref="HdgeModel.Threads"/>
    public int? Threads
    {
        get => _model.Threads;
        set => _model.Threads = value;
    }

    /// <inheritdoc/>
    public override ImageShape ImageShape => _model.InputShape;

    /// <summary>Type the feature column had in training. Scoring takes vectors of Single and of Byte of the same length alike; a model trained on pictures or their paths takes these, too.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>What the classes stand for, in the order of the items of Score; class numbers from 0 where the label had no key values.</summary>
    public IReadOnlyList<string> ClassNames => [.. Labels?.Texts ?? Enumerable.Range(0, _model.ClassCount).Select(number => $"{number}")];

    internal OutputColumnNames Outputs { get; }

    internal LabelValues? Labels { get; }

    internal override bool TakesFeatures => _model.TakesFeatures;

    private protected override bool IsDisposed => _model.IsDisposed;

    /// <inheritdoc/>
    public override void Dispose() => _model.Dispose();

    /// <summary>One line: what it reads and with what it scores.</summary>
    public override string ToString() => $"HDGE transformer: column '{FeatureColumnName}', {_model}";

    internal override RowScores CreateScores(int capacity) => new ClassifierScores(_model, Outputs, capacity);

    /// <summary>Writes the model's or the ensemble's file.</summary>
    internal void Save(Stream stream) => _model.Save(stream);

    internal override DataViewSchema Outline(DataViewSchema input) => OutputSchema.Create(input, Outputs, _model.ClassCount, Labels);

    internal override FeatureColumn FindFeatures(DataViewSchema input) =>
        FeatureColumn.Find(input, FeatureColumnName, ImageShape, TakesFeatures, takesPictures: FeatureColumnType is not VectorDataViewType);

    internal override void SaveAsOnnx(IDataView source, DataViewSchema output, OnnxContext context)
    {
        ThrowIfDisposed();
        OnnxConversion.Save(this, source, output, context);
    }

    private protected override void Save(ModelSaveContext context) => ModelZip.Save(this, context);
}
