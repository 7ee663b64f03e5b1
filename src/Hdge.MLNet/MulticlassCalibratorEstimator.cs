using Hdge.Calibration;
using Hdge.MLNet.Calibrating;
using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet;

/// <summary>
/// Calibrates the scores of any multiclass trainer: fitted on data that the trainer did not see, it turns the Score vector into probabilities that mean what
/// they say. Made by <c>mlContext.MulticlassClassification.Calibrators</c>.
/// </summary>
public sealed partial class MulticlassCalibratorEstimator : IEstimator<MulticlassCalibratorTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    internal MulticlassCalibratorEstimator(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_environment, _options) = (environment, options.Checked());
    }

    /// <summary>Fits the calibrator. The rows are read once, into memory; those without a label are left out, with a warning in the log.</summary>
    /// <param name="input">Scored data with labels that the scores' trainer was not trained on: what it was trained on, it is too sure of.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidDataException">There is no row with a label, or a score is out of range.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> or the MLContext was cancelled.</exception>
    public MulticlassCalibratorTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Cancellation.Run(_environment, token => Calibrate(input, token), _options.CancellationToken);
    }

    /// <summary>One line: what it reads and how it calibrates.</summary>
    public override string ToString() => $"Multiclass calibrator to fit: {_options}";

    /// <summary>The outline of the schema that a fitted transformer will give.</summary>
    /// <param name="inputSchema">Outline of the input's schema.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        InputColumns.FindKey(inputSchema, _options.LabelColumnName, "label");
        SchemaShape.Column score = InputColumns.FindScores(inputSchema, _options.ScoreColumnName);
        if (_options.PredictedLabelColumnName is { } predicted)
            InputColumns.FindKey(inputSchema, predicted, "predicted label");
        return OutputShape.Replace(inputSchema, [Outlines.Renamed(score, _options.Output)]);
    }

    private MulticlassCalibratorTransformer Calibrate(IDataView input, CancellationToken cancellationToken)
    {
        var rows = new LabelledScores(input.Schema, _options);
        using IChannel channel = _environment.Register("Hdge").Start("Calibration");
        (float[] logits, ScoreKind kind) = rows.Read(input, cancellationToken);
        if (rows.MissingLabels > 0)
            channel.Warning(MessageSensitivity.Schema, InputMessages.MissingLabels(_options.LabelColumnName, rows.MissingLabels));
        CalibratorFit fit = CalibratorFitting.Fit(logits, rows.Labels, rows.ClassCount, _options.Method, _options.Folds,
            _options.Seed ?? HostEnvironments.Seed(_environment) ?? 0, cancellationToken);
        channel.Info(MessageSensitivity.None, $"Calibrated {rows.Labels.Length} rows of {kind} in {rows.ClassCount} classes by the method {fit.Calibrator.Method}.");
        return new MulticlassCalibratorTransformer(fit.Calibrator, kind, new(_options.ScoreColumnName, _options.Output, _options.PredictedLabelColumnName))
        {
            Candidates = fit.Candidates,
        };
    }
}
