using Hdge.Calibration;
using Hdge.MLNet.Calibrating;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet;

/// <summary>Replaces scores by calibrated probabilities. Lazy, and safe to use from several threads. Made by <see cref="MulticlassCalibratorEstimator"/>.</summary>
public sealed class MulticlassCalibratorTransformer : ITransformer
{
    internal MulticlassCalibratorTransformer(Calibrator calibrator, ScoreKind scoreKind, CalibratedColumns columns) =>
        (Calibrator, ScoreKind, Columns) = (calibrator, scoreKind, columns);

    /// <summary>What makes probabilities of logits; its <see cref="Calibrator.Method"/> tells what was chosen.</summary>
    public Calibrator Calibrator { get; }

    /// <summary>What the scores are taken for: <see cref="ScoreKind.Probabilities"/> or <see cref="ScoreKind.Logits"/>.</summary>
    public ScoreKind ScoreKind { get; }

    /// <summary>The methods that <see cref="CalibrationMethod.Auto"/> compared, with their cross-validated negative log-likelihoods; empty where it did not, and after loading.</summary>
    public IReadOnlyList<CalibrationCandidate> Candidates { get; internal init; } = [];

    /// <summary>Always true: every row is calibrated by itself.</summary>
    public bool IsRowToRowMapper => true;

    internal CalibratedColumns Columns { get; }

    /// <summary>The schema that <see cref="Transform"/> gives for data of the given schema.</summary>
    /// <param name="inputSchema">Schema of the data; the label column need not be there.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or length.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new CalibratingBinding(this, inputSchema).OutputSchema;
    }

    /// <summary>The data with calibrated probabilities, and the predicted class that follows from them.</summary>
    /// <param name="input">Scored data.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or length.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedDataView(input, new CalibratingBinding(this, input.Schema));
    }

    /// <summary>A mapper of single rows, as a prediction engine uses it.</summary>
    /// <param name="inputSchema">Schema of the rows.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or length.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new RowMapper(new CalibratingBinding(this, inputSchema));
    }

    /// <summary>One line: what it reads and how it calibrates.</summary>
    public override string ToString() => $"Multiclass calibrator: score '{Columns.Score}' to '{Columns.Output}', {Calibrator.Method} for {Calibrator.ClassCount} classes, scores are {ScoreKind}";

    void ICanSaveModel.Save(ModelSaveContext ctx) => CalibratorZip.Save(this, ctx);
}
