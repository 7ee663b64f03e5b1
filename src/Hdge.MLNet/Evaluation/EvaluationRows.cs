using Hdge.Metrics;
using System.Runtime.InteropServices;
using Hdge.Calibration;
using Hdge.MLNet.Input;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Evaluation;

/// <summary>The labelled rows of scored data, read once into memory: a label and a score vector a row, and what else there is to evaluate.</summary>
internal sealed class EvaluationRows
{
    private readonly List<int> _labels = [], _predicted = [];
    private readonly List<float> _confidences = [];
    private readonly LabelledRows _rows;
    private readonly DataViewSchema.Column _confidence;

    /// <summary>Finds and checks the columns; reads nothing yet.</summary>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type, or label and predicted label have different key values.</exception>
    public EvaluationRows(DataViewSchema schema, HdgeEvaluationOptions options)
    {
        (DataViewSchema.Column score, ClassCount) = InputColumns.FindScores(schema, options.ScoreColumnName);
        Score = new(score, ClassCount);
        _rows = new(InputColumns.FindClasses(schema, options.LabelColumnName, "label", ClassCount), ClassCount);
        PredictedLabel = InputColumns.FindClasses(schema, options.PredictedLabelColumnName, "predicted label", ClassCount);
        CheckKeyValues();
        _confidence = InputColumns.FindOf(schema, options.ConfidenceColumnName, "confidence", NumberDataViewType.Single);
        Detection = new(schema, options);
        if (schema.GetColumnOrNull(options.CalibratedScoreColumnName) is not null)
            CalibratedScore = new(InputColumns.FindVector(schema, options.CalibratedScoreColumnName, "calibrated score", NumberDataViewType.Single, ClassCount), ClassCount);
        if (schema.GetColumnOrNull(options.PredictionSetColumnName) is not null)
            PredictionSet = new(InputColumns.FindVector(schema, options.PredictionSetColumnName, "prediction set", BooleanDataViewType.Instance, ClassCount), ClassCount);
    }

    public int ClassCount { get; }

    public DataViewSchema.Column Label => _rows.Label;

    public DataViewSchema.Column PredictedLabel { get; }

    public VectorColumn<float> Score { get; }

    public VectorColumn<float>? CalibratedScore { get; }

    public VectorColumn<bool>? PredictionSet { get; }

    public DetectionRows Detection { get; }

    /// <summary>Class of each row, from 0.</summary>
    public ReadOnlySpan<int> Labels => CollectionsMarshal.AsSpan(_labels);

    /// <summary>Predicted class of each row, from 0; −1 where it is missing.</summary>
    public ReadOnlySpan<int> Predicted => CollectionsMarshal.AsSpan(_predicted);

    /// <summary>What was read, to be evaluated.</summary>
    public KnownScores Scores => new()
    {
        ClassCount = ClassCount,
        Labels = Labels,
        Predicted = Predicted,
        Probabilities = Score.Values,
        Confidences = CollectionsMarshal.AsSpan(_confidences),
        Flagged = Detection.Flagged,
    };

    /// <summary>Rows left out because their label is missing.</summary>
    public long MissingLabels => _rows.Missing;

    /// <summary>Reads all rows that have a label.</summary>
    /// <exception cref="InvalidDataException">There are none, or a value is out of range.</exception>
    public void Read(IDataView scored, CancellationToken cancellationToken)
    {
        using DataViewRowCursor cursor = scored.GetRowCursor(Columns());
        Func<ulong> predicted = LabelReader.Create(cursor, PredictedLabel);
        var score = cursor.GetGetter<VBuffer<float>>(Score.Column);
        var confidence = cursor.GetGetter<float>(_confidence);
        var calibrated = CalibratedScore is null ? null : cursor.GetGetter<VBuffer<float>>(CalibratedScore.Column);
        var set = PredictionSet is null ? null : cursor.GetGetter<VBuffer<bool>>(PredictionSet.Column);
        Action detection = Detection.Reader(cursor);
        float sure = 0;
        foreach (int label in _rows.Of(cursor, cancellationToken))
        {
            _labels.Add(label);
            _predicted.Add((int)predicted() - 1);
            RequireProbabilities(Score.Add(score, cursor.Position), Score.Column, cursor.Position);
            if (calibrated is not null)
                RequireProbabilities(CalibratedScore!.Add(calibrated, cursor.Position), CalibratedScore.Column, cursor.Position);
            if (set is not null)
                PredictionSet!.Add(set, cursor.Position);
            confidence(ref sure);
            if (!(sure is >= 0 and <= 1))
                throw new InvalidDataException(InputMessages.NotAConfidence(_confidence.Name, cursor.Position, sure));
            _confidences.Add(sure);
            detection();
        }

        if (_labels.Count == 0)
            throw new InvalidDataException(InputMessages.NothingToEvaluate(Label.Name, MissingLabels));
    }

    private List<DataViewSchema.Column> Columns()
    {
        List<DataViewSchema.Column> columns = [Label, PredictedLabel, Score.Column, _confidence, .. Detection.Columns];
        if (CalibratedScore is not null)
            columns.Add(CalibratedScore.Column);
        if (PredictionSet is not null)
            columns.Add(PredictionSet.Column);
        return columns;
    }

    private static void RequireProbabilities(ReadOnlySpan<float> row, DataViewSchema.Column column, long position)
    {
        if (!Probabilities.Are(row, out double sum))
            throw new InvalidDataException(InputMessages.NotProbabilities(column.Name, position, sum));
    }

    // Keys that stand for other classes than in training make every metric nonsense, and nothing else would tell.
    private void CheckKeyValues()
    {
        if (LabelValues.Of(Label, ClassCount) is { } expected && LabelValues.Of(PredictedLabel, ClassCount) is { } found && !expected.Texts.SequenceEqual(found.Texts))
            throw new ArgumentException(InputMessages.OtherKeyValues(Label.Name, PredictedLabel.Name));
    }
}
