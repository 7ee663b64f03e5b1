using Hdge.Calibration;
using Hdge.Data;
using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Calibrating;

/// <summary>Reads labels and scores into memory, to fit a calibrator to.</summary>
internal sealed class LabelledScores
{
    private readonly LabelledRows _rows;
    private readonly VectorColumn<float> _scores;
    private readonly ScoreKind _kind;
    private readonly List<int> _labels = [];

    /// <summary>Finds and checks the columns; reads nothing yet.</summary>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    public LabelledScores(DataViewSchema schema, MulticlassCalibratorEstimator.Options options)
    {
        (DataViewSchema.Column score, ClassCount) = InputColumns.FindScores(schema, options.ScoreColumnName);
        _rows = new(InputColumns.FindClasses(schema, options.LabelColumnName, "label", ClassCount), ClassCount);
        if (options.PredictedLabelColumnName is { } predicted)
            InputColumns.FindClasses(schema, predicted, "predicted label", ClassCount);
        (_scores, _kind) = (new(score, ClassCount), options.ScoreKind);
    }

    public int ClassCount { get; }

    /// <summary>Class of each row, from 0.</summary>
    public int[] Labels => [.. _labels];

    /// <summary>Rows left out because their label is missing.</summary>
    public long MissingLabels => _rows.Missing;

    /// <summary>Reads all rows that have a label; answers their logits and what the scores were.</summary>
    /// <exception cref="InvalidDataException">There are none, or a score is no probability where it should be one, or not finite.</exception>
    public (float[] Logits, ScoreKind Kind) Read(IDataView input, CancellationToken cancellationToken)
    {
        using DataViewRowCursor cursor = input.GetRowCursor([_rows.Label, _scores.Column]);
        var score = cursor.GetGetter<VBuffer<float>>(_scores.Column);
        bool probabilities = _kind != ScoreKind.Logits;
        foreach (int label in _rows.Of(cursor, cancellationToken))
        {
            _labels.Add(label);
            ReadOnlySpan<float> row = _scores.Add(score, cursor.Position);
            if (!Finite.All(row))
                throw new InvalidDataException(InputMessages.NotFiniteScore("score", _scores.Column.Name, cursor.Position));
            probabilities &= Probabilities.Are(row, out double sum);
            if (!probabilities && _kind == ScoreKind.Probabilities)
                throw new InvalidDataException(InputMessages.NotProbabilities(_scores.Column.Name, cursor.Position, sum));
        }

        if (_labels.Count == 0)
            throw new InvalidDataException(InputMessages.NothingToEvaluate(_rows.Label.Name, MissingLabels));
        float[] logits = _scores.Values.ToArray();
        if (probabilities)
            LogProbabilities.Of(logits, logits);
        return (logits, probabilities ? ScoreKind.Probabilities : ScoreKind.Logits);
    }
}
