using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet;

/// <summary>
/// Scores images with a trained HDGE model. It adds six columns, whose names <see cref="HdgeTrainer.Options"/> can change, and up to two more where they are given a name:
/// <list type="table">
/// <item><term>PredictedLabel</term><description>key, with the label's key values: the most probable class.</description></item>
/// <item><term>Score</term><description>vector of Single, one item a class: class probabilities, 0..1, sum 1.</description></item>
/// <item><term>LogDensity</term><description>Single: log-density of the image in nats, up to a constant of the model; higher is more like the training images.</description></item>
/// <item><term>Confidence</term><description>Single, 0..1: calibrated probability that the predicted class is right.</description></item>
/// <item><term>IsInDistribution</term><description>Boolean: whether the detection score lies in the range set in training, and the features near those of training; false where the image is missing.</description></item>
/// <item><term>DetectionScore</term><description>Single: the score that IsInDistribution goes by, the log-density unless another was chosen; higher is more like the training images.</description></item>
/// <item><term>CalibratedScore</term><description>vector of Single, one item a class: calibrated class probabilities, 0..1, sum 1.</description></item>
/// <item><term>PredictionSet</term><description>vector of Boolean, one item a class: whether the class is in the image's prediction set.</description></item>
/// </list>
/// <see cref="Transform"/> computes nothing before a getter asks for it. One transformer may be used by several threads at once.
/// </summary>
public sealed partial class HdgeTransformer : ISingleFeaturePredictionTransformer<HdgeModel>, IScoringTransformer, IDisposable
{
    private const string DisposedMessage = "The HDGE transformer has been disposed, and with it the network. A PredictionEngine disposes the model that it was made from when it is disposed itself: "
        + "for a model that is to live on, make engines with CreatePredictionEngine<…>(model, new PredictionEngineOptions { OwnsTransformer = false }).";

    private bool _toldOutOfRange;

    internal HdgeTransformer(
        IHostEnvironment environment, HdgeModel model, string featureColumnName, DataViewType featureColumnType, OutputColumnNames outputs, LabelValues? labels)
    {
        Environment = environment;
        Model = model;
        FeatureColumnName = featureColumnName;
        FeatureColumnType = featureColumnType;
        Outputs = outputs;
        Labels = labels;
    }

    /// <summary>The trained network with its calibration. It belongs to this transformer: do not dispose it.</summary>
    public HdgeModel Model { get; }

    /// <summary>Name of the column the images are read from.</summary>
    public string FeatureColumnName { get; }

    /// <summary>Type the feature column had in training. Scoring takes vectors of Single and of Byte of the same length alike; a model trained on pictures or their paths takes these, too.</summary>
    public DataViewType FeatureColumnType { get; }

    /// <summary>Shape of an image: channels, height, width.</summary>
    public ImageShape ImageShape => Model.InputShape;

    /// <summary>What the classes stand for, in the order of the items of Score; class numbers from 0 where the label had no key values.</summary>
    public IReadOnlyList<string> ClassNames => [.. Labels?.Texts ?? Enumerable.Range(0, Model.ClassCount).Select(number => $"{number}")];

    /// <summary>
    /// What happens to a row whose features lie far outside those trained on (<see cref="HdgeModel.TrainedRange"/>): it is never in-distribution and the log tells of the first one, or
    /// its getters throw an <see cref="InvalidDataException"/>. Default: that of <see cref="HdgeTrainer.Options.OutOfRange"/>.
    /// </summary>
    public OutOfRangeAction OutOfRange { get; set; }

    /// <summary>
    /// How pictures and image files become images, and what happens to damaged ones: getters of their scores throw an <see cref="InvalidDataException"/>, or they are scored as black images that are
    /// never in distribution, and the log tells of each. Default: those of <see cref="HdgeTrainer.Options.Photos"/>. What is changed reaches cursors and engines that are made afterwards.
    /// </summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public PhotoOptions Photos
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate();
            field = value;
        }
    } = new();

    /// <summary>Always true: every row is scored by itself.</summary>
    public bool IsRowToRowMapper => true;

    internal IHostEnvironment Environment { get; }

    internal OutputColumnNames Outputs { get; }

    internal LabelValues? Labels { get; }

    /// <summary>The schema that <see cref="Transform"/> gives for data of the given schema.</summary>
    /// <param name="inputSchema">Schema of the data; the label column need not be there.</param>
    /// <exception cref="ArgumentException">The feature column is missing or has the wrong type or length.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        FindFeatures(inputSchema);
        return Outline(inputSchema);
    }

    /// <summary>The data with the columns added. Lazy: rows are scored in batches, when a cursor's getter first asks for one of them.</summary>
    /// <param name="input">Data with the feature column.</param>
    /// <exception cref="ArgumentException">The feature column is missing or has the wrong type or length.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed. Getters throw it too.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ThrowIfDisposed();
        return new MappedDataView(input, new ScoringBinding(this, input.Schema));
    }

    /// <summary>A mapper of single rows, as a prediction engine uses it. A row is scored once, however many of its columns are read.</summary>
    /// <param name="inputSchema">Schema of the rows.</param>
    /// <exception cref="ArgumentException">The feature column is missing or has the wrong type or length.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ThrowIfDisposed();
        return new RowMapper(new ScoringBinding(this, inputSchema));
    }

    /// <summary>Releases the network, on whatever device it is. Scoring that other threads have begun is let finish first; see <see cref="HdgeModel.Dispose"/>.</summary>
    public void Dispose() => Model.Dispose();

    /// <summary>One line: what it reads and with what it scores.</summary>
    public override string ToString() => $"HDGE transformer: column '{FeatureColumnName}', {Model}";

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        ModelZip.Save(this, ctx);
    }

    IScoringModel IScoringTransformer.Model => Model;

    IHostEnvironment IScoringTransformer.Environment => Environment;

    OutputColumnNames IScoringTransformer.Outputs => Outputs;

    DataViewSchema IScoringTransformer.Outline(DataViewSchema input) => Outline(input);

    FeatureColumn IScoringTransformer.FindFeatures(DataViewSchema input) => FindFeatures(input);

    bool IScoringTransformer.IsFirstOutOfRange() => IsFirstOutOfRange();

    void IScoringTransformer.ThrowIfDisposed() => ThrowIfDisposed();

    void IScoringTransformer.SaveAsOnnx(IDataView source, DataViewSchema output, OnnxContext context)
    {
        ThrowIfDisposed();
        OnnxConversion.Save(this, source, output, context);
    }

    internal DataViewSchema Outline(DataViewSchema input) => OutputSchema.Create(input, Outputs, Model.ClassCount, Labels);

    internal FeatureColumn FindFeatures(DataViewSchema input) =>
        FeatureColumn.Find(input, FeatureColumnName, ImageShape, Model.NetworkOptions.TakesFeatures, takesPictures: FeatureColumnType is not VectorDataViewType);

    /// <summary>True once: for the first row out of range, of which the log shall tell.</summary>
    internal bool IsFirstOutOfRange() => !_toldOutOfRange && !Interlocked.Exchange(ref _toldOutOfRange, true);

    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    internal void ThrowIfDisposed()
    {
        if (Model.IsDisposed)
            throw new ObjectDisposedException(nameof(HdgeTransformer), DisposedMessage);
    }
}
