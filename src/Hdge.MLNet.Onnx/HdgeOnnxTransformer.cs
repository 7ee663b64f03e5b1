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
/// Scores images with an HDGE model that was exported to ONNX, without libtorch: the same columns as HdgeTransformer, and the same meaning. <see cref="Transform"/> computes nothing before a getter
/// asks for it. One transformer may be used by several threads at once. Made by <c>ml.Transforms.ScoreHdgeOnnx</c>.
/// </summary>
public sealed class HdgeOnnxTransformer : ITransformer, IScoringTransformer, IDisposable
{
    private const string DisposedMessage = "The HDGE transformer has been disposed, and with it the network. A PredictionEngine disposes the model that it was made from when it is disposed itself: "
        + "for a model that is to live on, make engines with CreatePredictionEngine<…>(model, new PredictionEngineOptions { OwnsTransformer = false }).";

    private readonly IHostEnvironment _environment;
    private bool _toldOutOfRange;

    internal HdgeOnnxTransformer(IHostEnvironment environment, HdgeOnnxModel model, string featureColumnName, OutputColumnNames outputs, LabelValues? labels, OnnxSessionOptions session)
    {
        _environment = environment;
        (Model, FeatureColumnName, Outputs, Labels, Session) = (model, featureColumnName, outputs, labels, session);
    }

    /// <summary>The network with its calibration. It belongs to this transformer: do not dispose it.</summary>
    public HdgeOnnxModel Model { get; }

    /// <summary>Name of the column the images are read from.</summary>
    public string FeatureColumnName { get; }

    /// <summary>Shape of an image: channels, height, width.</summary>
    public ImageShape ImageShape => Model.InputShape;

    /// <summary>What the classes stand for, in the order of the items of Score; class numbers from 0 where the file has no names.</summary>
    public IReadOnlyList<string> ClassNames => Model.ClassNames;

    /// <summary>
    /// What happens to a row whose features lie far outside those trained on: it is never in-distribution and the log tells of the first one, or its getters throw an
    /// <see cref="InvalidDataException"/>. Default: that of the exported transformer.
    /// </summary>
    public OutOfRangeAction OutOfRange { get; set; }

    /// <summary>
    /// How pictures and image files become images, and what happens to damaged ones. Default: as the exported transformer does. What is changed reaches cursors and engines that are made afterwards.
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

    internal OutputColumnNames Outputs { get; }

    internal LabelValues? Labels { get; }

    internal OnnxSessionOptions Session { get; }

    IScoringModel IScoringTransformer.Model => Model;

    IHostEnvironment IScoringTransformer.Environment => _environment;

    OutputColumnNames IScoringTransformer.Outputs => Outputs;

    /// <summary>The schema that <see cref="Transform"/> gives for data of the given schema.</summary>
    /// <param name="inputSchema">Schema of the data.</param>
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

    /// <summary>Releases the network. Scoring that other threads have begun is let finish first.</summary>
    public void Dispose() => Model.Dispose();

    /// <summary>One line: what it reads and with what it scores.</summary>
    public override string ToString() => $"HDGE transformer: column '{FeatureColumnName}', {Model}";

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        OnnxZip.Save(this, ctx);
    }

    DataViewSchema IScoringTransformer.Outline(DataViewSchema input) => Outline(input);

    FeatureColumn IScoringTransformer.FindFeatures(DataViewSchema input) => FindFeatures(input);

    bool IScoringTransformer.IsFirstOutOfRange() => !_toldOutOfRange && !Interlocked.Exchange(ref _toldOutOfRange, true);

    void IScoringTransformer.ThrowIfDisposed() => ThrowIfDisposed();

    void IScoringTransformer.SaveAsOnnx(IDataView source, DataViewSchema output, OnnxContext context) => throw new NotSupportedException(
        $"ConvertToOnnx cannot export {nameof(HdgeOnnxTransformer)}: it is made of an ONNX file already. Convert the pipeline with the HdgeTransformer that the file was exported from.");

    private DataViewSchema Outline(DataViewSchema input) => OutputSchema.Create(input, Outputs, Model.ClassCount, Labels);

    private FeatureColumn FindFeatures(DataViewSchema input)
    {
        var found = FeatureColumn.Find(input, FeatureColumnName, ImageShape, ((IScoringModel)Model).TakesFeatures, takesPictures: Model.Columns.Photos is not null);
        return Model.Input == OnnxInput.Byte && found.Vector is { } type && type.ItemType != NumberDataViewType.Byte
            ? throw new ArgumentException($"The feature column '{FeatureColumnName}' has the type {type}, expected a vector of {NumberDataViewType.Byte}: the ONNX file takes bytes. "
                + $"Give it bytes of 0..255, or export the model with {nameof(OnnxInput)}.{nameof(OnnxInput.Single)}.", nameof(input))
            : found;
    }

    private void ThrowIfDisposed()
    {
        if (Model.IsDisposed)
            throw new ObjectDisposedException(nameof(HdgeOnnxTransformer), DisposedMessage);
    }
}
