using Microsoft.ML;
using Microsoft.ML.Data;
using Column = Microsoft.ML.SchemaShape.Column;
using Kind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace Hdge.MLNet.Output;

/// <summary>The outline of <see cref="OutputSchema"/>, which an estimator chain asks for before there is data.</summary>
internal static class OutputShape
{
    /// <summary>The input's columns and the new ones; a new column replaces an old one of the same name.</summary>
    public static SchemaShape Create(SchemaShape input, Column label, OutputColumnNames names)
    {
        Column[] keyValues = [.. label.Annotations.Where(annotation => annotation.Name == "KeyValues")];
        Column[] common =
        [
            new("ScoreColumnSetId", Kind.Scalar, NumberDataViewType.UInt32, true),
            new("ScoreColumnKind", Kind.Scalar, TextDataViewType.Instance, false),
            new("ScoreValueKind", Kind.Scalar, TextDataViewType.Instance, false),
        ];
        Column[] slotValues = [.. SlotValues(keyValues)];
        List<Column> added =
        [
            new(names.PredictedLabel, Kind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape([.. keyValues, .. common])),
            new(names.Score, Kind.Vector, NumberDataViewType.Single, false, new SchemaShape([.. slotValues, .. common])),
            new(names.LogDensity, Kind.Scalar, NumberDataViewType.Single, false),
            new(names.Confidence, Kind.Scalar, NumberDataViewType.Single, false),
            new(names.IsInDistribution, Kind.Scalar, BooleanDataViewType.Instance, false),
            new(names.DetectionScore, Kind.Scalar, NumberDataViewType.Single, false),
        ];
        if (names.CalibratedScore is not null)
            added.Add(new(names.CalibratedScore, Kind.Vector, NumberDataViewType.Single, false, new SchemaShape([.. slotValues, .. common])));
        if (names.PredictionSet is not null)
            added.Add(new(names.PredictionSet, Kind.Vector, BooleanDataViewType.Instance, false, new SchemaShape(slotValues.Where(values => values.Name == "SlotNames"))));
        return Replace(input, added);
    }

    /// <summary>The columns of an outline and new ones; a new column replaces an old one of the same name.</summary>
    public static SchemaShape Replace(SchemaShape input, IEnumerable<Column> added)
    {
        var columns = new List<Column>(input);
        foreach (Column column in added)
        {
            int old = columns.FindIndex(other => other.Name == column.Name);
            if (old < 0)
                columns.Add(column);
            else
                columns[old] = column;
        }

        return new SchemaShape(columns);
    }

    private static IEnumerable<Column> SlotValues(Column[] keyValues)
    {
        foreach (Column values in keyValues.Where(values => values.Kind == Kind.Vector))
        {
            if (values.ItemType is TextDataViewType)
                yield return new Column("SlotNames", Kind.Vector, TextDataViewType.Instance, false);
            yield return new Column("TrainingLabelValues", Kind.Vector, values.ItemType, false);
        }
    }
}
