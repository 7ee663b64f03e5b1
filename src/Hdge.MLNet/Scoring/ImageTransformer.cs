using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

// Hdge.MLNet.Onnx compiles this file, too: public types of two packages that are used together need two names.
#if HDGE_ONNX
namespace Hdge.MLNet.Onnx;
#else
namespace Hdge.MLNet;
#endif

/// <summary>What transformers that run a network on images have in common: lazy columns, from rows that are taken in batches.</summary>
public abstract class ImageTransformer : ITransformer, IDisposable
{
    private bool _toldOutOfRange;

    private protected ImageTransformer(IHostEnvironment environment, string featureColumnName) => (Environment, FeatureColumnName) = (environment, featureColumnName);

    /// <summary>Name of the column the images are read from.</summary>
    public string FeatureColumnName { get; }

    /// <summary>Shape of an image: channels, height, width.</summary>
    public abstract ImageShape ImageShape { get; }

    /// <summary>
    /// What happens to a row whose features lie far outside those trained on: it is never in-distribution and the log tells of the first one, or its getters throw an
    /// <see cref="InvalidDataException"/>. Default: as in training or export.
    /// </summary>
    public OutOfRangeAction OutOfRange { get; set; }

    /// <summary>
    /// How pictures and image files become images, and what happens to damaged ones: getters of their scores throw an <see cref="InvalidDataException"/>, or they are scored as black images that are
    /// never in distribution, and the log tells of each. Default: as in training or export. What is changed reaches cursors and engines that are made afterwards.
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

    /// <summary>Whether the network takes vectors of features and not images.</summary>
    internal abstract bool TakesFeatures { get; }

    private protected abstract bool IsDisposed { get; }

    /// <summary>The schema that <see cref="Transform"/> gives for data of the given schema.</summary>
    /// <param name="inputSchema">Schema of the data; a label column need not be there.</param>
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

    /// <summary>Releases the network, on whatever device it is. Scoring that other threads have begun is let finish first.</summary>
    public abstract void Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        Save(ctx);
    }

    /// <summary>Room for what the network says of up to <paramref name="capacity"/> rows.</summary>
    internal abstract RowScores CreateScores(int capacity);

    /// <summary>The schema that it gives for data of the given schema.</summary>
    internal abstract DataViewSchema Outline(DataViewSchema input);

    /// <summary>The feature column, with its type checked.</summary>
    internal abstract FeatureColumn FindFeatures(DataViewSchema input);

    /// <summary>Writes what it does into ML.NET's converter.</summary>
    /// <param name="source">The data view that it was given.</param>
    /// <param name="output">The schema that it gives.</param>
    /// <param name="context">ML.NET's.</param>
    /// <exception cref="NotSupportedException">It cannot be exported.</exception>
    internal abstract void SaveAsOnnx(IDataView source, DataViewSchema output, OnnxContext context);

    /// <summary>Writes it into a model.zip.</summary>
    private protected abstract void Save(ModelSaveContext context);

    /// <summary>True once: for the first row out of range, of which the log shall tell.</summary>
    internal bool IsFirstOutOfRange() => !_toldOutOfRange && !Interlocked.Exchange(ref _toldOutOfRange, true);

    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    internal void ThrowIfDisposed()
    {
        if (IsDisposed)
            throw new ObjectDisposedException(GetType().Name, "The HDGE transformer has been disposed, and with it the network. A PredictionEngine disposes the model that it was made from when it is disposed "
                + "itself: for a model that is to live on, make engines with CreatePredictionEngine<…>(model, new PredictionEngineOptions { OwnsTransformer = false }).");
    }
}
