using System.Runtime.InteropServices;
using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Evaluation;

/// <summary>Detection score and flag of scored rows, and the log-density where there is one.</summary>
internal sealed class DetectionRows
{
    private readonly DataViewSchema.Column _score, _flag;
    private readonly DataViewSchema.Column? _density;
    private readonly List<float> _scores = [], _densities = [];

    /// <summary>Finds and checks the columns; reads nothing yet.</summary>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    public DetectionRows(DataViewSchema schema, HdgeEvaluationOptions options)
    {
        _score = InputColumns.FindOf(schema, options.DetectionScoreColumnName, "detection score", NumberDataViewType.Single);
        if (schema.GetColumnOrNull(options.LogDensityColumnName) is not null)
            _density = InputColumns.FindOf(schema, options.LogDensityColumnName, "log-density", NumberDataViewType.Single);
        _flag = InputColumns.FindOf(schema, options.IsInDistributionColumnName, "in-distribution", BooleanDataViewType.Instance);
    }

    public DataViewSchema.Column[] Columns => _density is { } density ? [_score, _flag, density] : [_score, _flag];

    public ReadOnlySpan<float> Scores => CollectionsMarshal.AsSpan(_scores);

    public bool HasDensities => _density is not null;

    public ReadOnlySpan<float> Densities => CollectionsMarshal.AsSpan(_densities);

    /// <summary>Rows that are not in-distribution.</summary>
    public int Flagged { get; private set; }

    /// <summary>Takes the row that the cursor is on, at every call.</summary>
    public Action Reader(DataViewRowCursor cursor)
    {
        var score = cursor.GetGetter<float>(_score);
        var flag = cursor.GetGetter<bool>(_flag);
        var density = _density is { } column ? cursor.GetGetter<float>(column) : null;
        bool known = false;
        return () =>
        {
            Take(score, _scores, "detection score", _score.Name, cursor.Position);
            if (density is not null)
                Take(density, _densities, "log-density", _density!.Value.Name, cursor.Position);
            flag(ref known);
            Flagged += known ? 0 : 1;
        };
    }

    private static void Take(ValueGetter<float> getter, List<float> into, string role, string name, long row)
    {
        float value = 0;
        getter(ref value);
        if (!float.IsFinite(value))
            throw new InvalidDataException(InputMessages.NotFiniteScore(role, name, row));
        into.Add(value);
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
