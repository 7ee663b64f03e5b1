using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Hdge.Reports;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Hdge.MLNet;

/// <summary>
/// Trains an HDGE image classifier: one network that gives class probabilities, a log-density of the image, a calibrated confidence and
/// an in-distribution flag. Made by <c>mlContext.MulticlassClassification.Trainers.Hdge(…)</c>. Progress appears in <c>MLContext.Log</c>.
/// </summary>
public sealed partial class HdgeTrainer : ITrainerEstimator<HdgeTransformer, HdgeModel>
{
    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    internal HdgeTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _environment = environment;
        _options = options.Checked();
        Info = Outlines.Trainer;
    }

    /// <summary>What the trainer likes its data to be: neither normalised nor cached, for it reads the data once and scales it itself.</summary>
    public TrainerInfo Info { get; }

    /// <summary>
    /// Trains, with <see cref="Options.ValidationSet"/> where that is set. The rows are read once, in order, into memory or a file (<see cref="Options.Cache"/>), as bytes where they are
    /// multiples of 1/255, else as Single. Rows without a label or without an image are left out, with a warning in the log; damaged images stop it, or are left out and told, as
    /// <see cref="Options.Photos"/> say.
    /// </summary>
    /// <param name="input">Data with the label column and the feature column.</param>
    /// <returns>The trained transformer; dispose it when it is no longer needed.</returns>
    /// <exception cref="ArgumentException">
    /// A column is missing or has the wrong type or size, an option is out of range, or prediction sets are asked for and there are too few images to hold any out.
    /// </exception>
    /// <exception cref="InvalidDataException">There is no row with a label and an image, all have the same label, a label is outside its key's range, or a feature is NaN or infinite, or an image cannot be read.</exception>
    /// <exception cref="IOException">The images are to be kept in a file, and there is no room for them.</exception>
    /// <exception cref="InvalidOperationException">The GPU that was asked for is not there.</exception>
    /// <exception cref="DivergenceException">The loss was no longer finite or exploded.</exception>
    /// <exception cref="OperationCanceledException">
    /// <see cref="Options.CancellationToken"/> or the MLContext was cancelled, and <see cref="Options.OnCancel"/> is to throw, or no epoch was whole yet.
    /// </exception>
    public HdgeTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Cancellation.Run(_environment, token => Train(input, _options.ValidationSet, token), _options.CancellationToken);
    }

    /// <summary>
    /// Trains on all rows of <paramref name="trainData"/>: early stopping, calibration, prediction sets and the in-distribution decision go by <paramref name="validationData"/>, and
    /// <see cref="Options.ValidationFraction"/> is not used.
    /// </summary>
    /// <param name="trainData">Data with the label column and the feature column.</param>
    /// <param name="validationData">Other rows with the same columns, mapped to keys by the same fitted pipeline; weights are not looked at. It takes the place of <see cref="Options.ValidationSet"/>.</param>
    /// <returns>The trained transformer; dispose it when it is no longer needed.</returns>
    /// <exception cref="ArgumentException">As <see cref="Fit(IDataView)"/>; or a column of the validation data is of another kind than in the training data.</exception>
    /// <exception cref="InvalidDataException">As <see cref="Fit(IDataView)"/>, of either data; or the validation data has no rows.</exception>
    public HdgeTransformer Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        return Cancellation.Run(_environment, token => Train(trainData, validationData, token), _options.CancellationToken);
    }

    /// <summary>The outline of the schema that a fitted transformer will give: the input's columns and those of <see cref="HdgeTransformer"/>.</summary>
    /// <param name="inputSchema">Outline of the input's schema.</param>
    /// <exception cref="ArgumentException">The label column or the feature column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        (_, SchemaShape.Column label) = InputColumns.FindShapes(inputSchema, _options.FeatureColumnName, _options.LabelColumnName,
            type => !_options.Training.Network.TakesFeatures && FeatureColumn.PictureShape(type, _options.ImageShape) is not null);
        if (_options.ExampleWeightColumnName is { } weight)
            InputColumns.FindOf(inputSchema, weight, "weight", NumberDataViewType.Single);
        return OutputShape.Create(inputSchema, label, _options.Outputs);
    }

    /// <summary>One line: what it reads and what it trains.</summary>
    public override string ToString() => $"HDGE trainer: {_options}";

    private HdgeTransformer Train(IDataView input, IDataView? validationSet, CancellationToken cancellationToken)
    {
        int threads = _options.Training.ThreadCount(); // first of all: how libtorch waits is settled before it is loaded
        TrainingOptions training = _options.Training with
        {
            Seed = _options.Seed ?? HostEnvironments.Seed(_environment) ?? _options.Training.Seed,
            Device = DeviceChoice.Of(_environment, _options.Training.Device),
        };
        using IChannel channel = _environment.Register("Hdge").Start("Training");
        using var rows = new TrainingRows(input, _options, message => channel.Warning(MessageSensitivity.Schema, message));
        training.Validate(rows.Shape);
        using ImageSet images = rows.Read(input, cancellationToken);
        if (images.IsOnDisk)
            channel.Info(MessageSensitivity.None, $"The images are kept in a file in '{_options.CacheOptions.FolderOrDefault}', which goes with this run.");
        foreach (string warning in rows.Warnings())
            channel.Warning(MessageSensitivity.Schema, warning);
        ImageSet? validation = null;
        if (validationSet is not null)
        {
            (validation, IReadOnlyList<string> warnings) = ValidationRows.Read(validationSet, rows, _options, message => channel.Warning(MessageSensitivity.Schema, message), cancellationToken);
            foreach (string warning in warnings)
                channel.Warning(MessageSensitivity.Schema, warning);
        }
        else if (_options.PredictionSetColumnName is { } sets && images.HeldOutCount(training.ValidationFraction) == 0)
            throw new ArgumentException(InputMessages.NothingHeldOut(sets, training.ValidationFraction, images.Count, images.Labels.ToArray().Distinct().Count()));
        channel.Info(MessageSensitivity.None, $"Computing with {threads} thread{(threads == 1 ? "" : "s")} on the processor.");
        using (validation)
        {
            IEvaluatedModel model = _options.Members > 1
                ? HdgeEnsemble.Train(images, validation, training, _options.Members, Callbacks(channel), cancellationToken)
                : ModelTrainer.Train(images, validation, training, Callbacks(channel), cancellationToken);
            return new HdgeTransformer(_environment, model, _options.FeatureColumnName, rows.FeatureType, _options.Outputs, LabelValues.Of(rows.Label, rows.ClassCount))
            {
                OutOfRange = _options.OutOfRange,
                Photos = _options.Photos,
            };
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
        Step = progress =>
        {
            channel.Info(MessageSensitivity.None, progress.ToString());
            _options.ProgressCallback?.Invoke(progress);
        },
        Ended = end => channel.Info(MessageSensitivity.None, end.ToString()),
        Log = message => channel.Warning(MessageSensitivity.None, message),
    };
}
