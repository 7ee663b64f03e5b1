using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Representing;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
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
/// <see cref="Transform"/> computes nothing before a getter asks for it; rows are then taken in batches. One transformer may be used by several threads at once.
/// </summary>
public sealed class GcrlTransformer : ITransformer, IDisposable
{
    private bool _toldOutOfRange;

    internal GcrlTransformer(IHostEnvironment environment, RepresentationModel model, string inputColumnName, RepresentationColumns outputs) =>
        (Environment, Model, InputColumnName, Outputs) = (environment, model, inputColumnName, outputs);

    /// <summary>The trained network: it also draws images. It belongs to this transformer: do not dispose it.</summary>
    public RepresentationModel Model { get; }

    /// <summary>Name of the column the images are read from.</summary>
    public string InputColumnName { get; }

    /// <summary>Name of the column with the representations.</summary>
    public string OutputColumnName => Outputs.Representation;

    /// <summary>Shape of an image: channels, height, width.</summary>
    public ImageShape ImageShape => Model.InputShape;

    /// <summary>Always true: every row is scored by itself.</summary>
    public bool IsRowToRowMapper => true;

    internal IHostEnvironment Environment { get; }

    internal RepresentationColumns Outputs { get; }

    /// <summary>The schema that <see cref="Transform"/> gives for data of the given schema.</summary>
    /// <param name="inputSchema">Schema of the data.</param>
    /// <exception cref="ArgumentException">The column of images is missing or has the wrong type or length.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new RepresentingBinding(this, inputSchema).OutputSchema;
    }

    /// <summary>The data with the columns added. Lazy: rows are scored in batches, when a cursor's getter first asks for one of them.</summary>
    /// <param name="input">Data with the column of images.</param>
    /// <exception cref="ArgumentException">The column of images is missing or has the wrong type or length.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed. Getters throw it too.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ThrowIfDisposed();
        return new MappedDataView(input, new RepresentingBinding(this, input.Schema));
    }

    /// <summary>A mapper of single rows, as a prediction engine uses it. A row is scored once, however many of its columns are read.</summary>
    /// <param name="inputSchema">Schema of the rows.</param>
    /// <exception cref="ArgumentException">The column of images is missing or has the wrong type or length.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        ThrowIfDisposed();
        return new RowMapper(new RepresentingBinding(this, inputSchema));
    }

    /// <summary>Releases the network. Scoring that other threads have begun is let finish first.</summary>
    public void Dispose() => Model.Dispose();

    /// <summary>One line: what it reads and with what it scores.</summary>
    public override string ToString() => $"GCRL transformer: '{InputColumnName}' to '{OutputColumnName}', {Model}";

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        GcrlZip.Save(this, ctx);
    }

    internal DataViewSchema.Column FindImages(DataViewSchema input)
    {
        (DataViewSchema.Column column, VectorDataViewType type) = InputColumns.FindFeatures(input, InputColumnName);
        ImageShapes.Resolve(ImageShape, type, InputColumnName);
        return column;
    }

    /// <summary>Tells the log of something about what was scored.</summary>
    internal void Warn(string message)
    {
        using IChannel channel = Environment.Register("Hdge").Start("Scoring");
        channel.Warning(MessageSensitivity.Schema, message);
    }

    /// <summary>True once: for the first row out of range, of which the log shall tell.</summary>
    internal bool IsFirstOutOfRange() => !_toldOutOfRange && !Interlocked.Exchange(ref _toldOutOfRange, true);

    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Model.IsDisposed, this);
}
