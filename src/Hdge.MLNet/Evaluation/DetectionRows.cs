using System.Runtime.InteropServices;
using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Evaluation;

/// <summary>Detection score and flag of scored rows.</summary>
internal sealed class DetectionRows
{
    private readonly DataViewSchema.Column _score, _flag;
    private readonly List<float> _scores = [];
    private int _flagged;

    /// <summary>Finds and checks the columns; reads nothing yet.</summary>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    public DetectionRows(DataViewSchema schema, HdgeEvaluationOptions options)
    {
        _score = InputColumns.FindOf(schema, options.DetectionScoreColumnName, "detection score", NumberDataViewType.Single);
        _flag = InputColumns.FindOf(schema, options.IsInDistributionColumnName, "in-distribution", BooleanDataViewType.Instance);
    }

    public DataViewSchema.Column[] Columns => [_score, _flag];

    public ReadOnlySpan<float> Scores => CollectionsMarshal.AsSpan(_scores);

    /// <summary>Share of rows that are not in-distribution.</summary>
    public double FlaggedShare => (double)_flagged / _scores.Count;

    /// <summary>Takes the row that the cursor is on, at every call.</summary>
    public Action Reader(DataViewRowCursor cursor)
    {
        var score = cursor.GetGetter<float>(_score);
        var flag = cursor.GetGetter<bool>(_flag);
        float value = 0;
        bool known = false;
        return () =>
        {
            score(ref value);
            if (!float.IsFinite(value))
                throw new InvalidDataException(InputMessages.NotFiniteScore("detection score", _score.Name, cursor.Position));
            _scores.Add(value);
            flag(ref known);
            _flagged += known ? 0 : 1;
        };
    }

    /// <summary>Reads all rows.</summary>
    /// <exception cref="InvalidDataException">A score is not finite.</exception>
    public DetectionRows Read(IDataView scored, CancellationToken cancellationToken)
    {
        using DataViewRowCursor cursor = scored.GetRowCursor(Columns);
        Action read = Reader(cursor);
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            read();
        }

        return this;
    }
}
