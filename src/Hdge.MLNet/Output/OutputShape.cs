using Hdge.MLNet.Interop;
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
            Outlines.Key("ScoreColumnSetId"),
            Outlines.Scalar("ScoreColumnKind", TextDataViewType.Instance),
            Outlines.Scalar("ScoreValueKind", TextDataViewType.Instance),
        ];
        Column[] slotValues = [.. SlotValues(keyValues)];
        List<Column> added =
        [
            Outlines.Key(names.PredictedLabel, [.. keyValues, .. common]),
            Outlines.Vector(names.Score, NumberDataViewType.Single, [.. slotValues, .. common]),
            Outlines.Scalar(names.LogDensity, NumberDataViewType.Single),
            Outlines.Scalar(names.Confidence, NumberDataViewType.Single),
            Outlines.Scalar(names.IsInDistribution, BooleanDataViewType.Instance),
            Outlines.Scalar(names.DetectionScore, NumberDataViewType.Single),
        ];
        if (names.CalibratedScore is not null)
            added.Add(Outlines.Vector(names.CalibratedScore, NumberDataViewType.Single, [.. slotValues, .. common]));
        if (names.PredictionSet is not null)
            added.Add(Outlines.Vector(names.PredictionSet, BooleanDataViewType.Instance, slotValues.Where(values => values.Name == "SlotNames")));
        if (names.Disagreement is not null)
            added.Add(Outlines.Scalar(names.Disagreement, NumberDataViewType.Single));
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
                yield return Outlines.Vector("SlotNames", TextDataViewType.Instance);
            yield return Outlines.Vector("TrainingLabelValues", values.ItemType);
        }
    }
}
