using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Representing;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet;

/// <summary>
/// Learns representations of images without labels, generative and contrastive at once. Made by <c>mlContext.Transforms.Gcrl(…)</c>; any trainer of ML.NET can follow it. Progress appears
/// in <c>MLContext.Log</c>.
/// </summary>
public sealed partial class GcrlEstimator : IEstimator<GcrlTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    internal GcrlEstimator(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_environment, _options) = (environment, options.Checked());
    }

    /// <summary>Trains. The rows are read once, in order, into memory; those without an image are left out, with a warning in the log. Labels are not looked at.</summary>
    /// <param name="input">Data with the column of images.</param>
    /// <returns>The trained transformer; dispose it when it is no longer needed.</returns>
    /// <exception cref="ArgumentException">The column is missing or has the wrong type or size, or an option is out of range.</exception>
    /// <exception cref="InvalidDataException">There are no images, a value is NaN or infinite, or an image cannot be read.</exception>
    /// <exception cref="DivergenceException">The loss was no longer finite or exploded.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> or the MLContext was cancelled.</exception>
    public GcrlTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Cancellation.Run(_environment, token => Train(input, token), _options.CancellationToken);
    }

    /// <summary>The outline of the schema that a fitted transformer will give.</summary>
    /// <param name="inputSchema">Outline of the input's schema.</param>
    /// <exception cref="ArgumentException">The column of images is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        InputColumns.FindFeatures(inputSchema, _options.InputColumnName, type => FeatureColumn.PictureShape(type, _options.ImageShape) is not null);
        return _options.Outputs.Outline(inputSchema);
    }

    /// <summary>One line: what it reads and what it trains.</summary>
    public override string ToString() => $"GCRL estimator: {_options}";

    private GcrlTransformer Train(IDataView input, CancellationToken cancellationToken)
    {
        int threads = _options.Training.ThreadCount(); // first of all: how libtorch waits is settled before it is loaded
        TrainingOptions training = _options.Training with
        {
            Seed = _options.Seed ?? HostEnvironments.Seed(_environment) ?? _options.Training.Seed,
            Device = DeviceChoice.Of(_environment, _options.Training.Device),
        };
        using IChannel channel = _environment.Register("Hdge").Start("Training");
        var column = FeatureColumn.Find(input.Schema, _options.InputColumnName, _options.ImageShape, takesFeatures: false);
        using var rows = new ImageRows(column, _options.ImageShape, areFeatures: false, training.Scaling, _options.Photos, () => new ImageSetBuilder(column.Shape), message => channel.Warning(MessageSensitivity.Schema, message));
        RepresentationTrainer.Validate(training, rows.Shape);
        var images = Read(rows, input, cancellationToken);
        foreach (string warning in (string[])[.. Some(rows.ShapeDoubt()), .. rows.Warnings(), .. Some(rows.RangeDoubt())])
            channel.Warning(MessageSensitivity.Schema, warning);
        channel.Info(MessageSensitivity.None, $"Computing with {threads} thread{(threads == 1 ? "" : "s")} on the processor.");
        var model = RepresentationTrainer.Train(images, training, Callbacks(channel), cancellationToken);
        return new GcrlTransformer(_environment, model, _options.InputColumnName, column.Kind != FeatureKind.Vector, _options.Outputs) { OutOfRange = _options.OutOfRange, Photos = _options.Photos };
    }

    private static string[] Some(string? warning) => warning is null ? [] : [warning];

    /// <summary>All rows that have an image, in the input's order.</summary>
    private static ImageSet Read(ImageRows rows, IDataView input, CancellationToken cancellationToken)
    {
        rows.Read(input, [], All, _ => { }, () => { }, cancellationToken);
        return rows.Images.Count > 1 ? rows.Images.Build(1) : throw new InvalidDataException(InputMessages.TooFewImages(rows.Name, rows.Images.Count, rows.Missing, rows.Damaged));

        IEnumerable<ImageRows.Row> All(DataViewRowCursor cursor)
        {
            while (cursor.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new(0, 1);
            }
        }
    }

    private TrainingCallbacks Callbacks(IChannel channel) => new()
    {
        Started = start => channel.Info(MessageSensitivity.None, start.ToString()),
        Epoch = metrics =>
        {
            channel.Info(MessageSensitivity.None, metrics.ToString());
            _options.MetricsCallback?.Invoke(metrics);
        },
        Step = progress => channel.Info(MessageSensitivity.None, progress.ToString()),
        Log = message => channel.Warning(MessageSensitivity.None, message),
    };
}
