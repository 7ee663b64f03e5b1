using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Output;

/// <summary>The schema a transformer gives: the input's columns, then its own, annotated as stock multiclass trainers annotate theirs.</summary>
internal static class OutputSchema
{
    private static readonly KeyDataViewType ScoreSetType = new(typeof(uint), int.MaxValue);

    /// <summary>Appends the output columns to a schema.</summary>
    /// <param name="input">The input's schema; its columns keep their indices.</param>
    /// <param name="names">Names of the new columns.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="labels">What the classes stand for, or null if that is unknown.</param>
    public static DataViewSchema Create(DataViewSchema input, OutputColumnNames names, int classCount, LabelValues? labels)
    {
        uint scoreSet = LastScoreSet(input) + 1;
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(names.PredictedLabel, new KeyDataViewType(typeof(uint), classCount), PredictedLabelAnnotations(scoreSet, labels));
        schema.AddColumn(names.Score, new VectorDataViewType(NumberDataViewType.Single, classCount), ScoreAnnotations(scoreSet, "Score", labels));
        schema.AddColumn(names.LogDensity, NumberDataViewType.Single);
        schema.AddColumn(names.Confidence, NumberDataViewType.Single);
        schema.AddColumn(names.IsInDistribution, BooleanDataViewType.Instance);
        schema.AddColumn(names.DetectionScore, NumberDataViewType.Single);
        if (names.CalibratedScore is not null)
            schema.AddColumn(names.CalibratedScore, new VectorDataViewType(NumberDataViewType.Single, classCount), ScoreAnnotations(scoreSet, "Probability", labels));
        if (names.PredictionSet is not null)
            schema.AddColumn(names.PredictionSet, new VectorDataViewType(BooleanDataViewType.Instance, classCount), SlotNames(labels));
        if (names.Disagreement is not null)
            schema.AddColumn(names.Disagreement, NumberDataViewType.Single);
        return schema.ToSchema();
    }

    private static DataViewSchema.Annotations PredictedLabelAnnotations(uint scoreSet, LabelValues? labels)
    {
        DataViewSchema.Annotations.Builder annotations = Common(scoreSet, "PredictedLabel");
        labels?.AddTo(annotations, "KeyValues");
        return annotations.ToAnnotations();
    }

    private static DataViewSchema.Annotations ScoreAnnotations(uint scoreSet, string valueKind, LabelValues? labels)
    {
        DataViewSchema.Annotations.Builder annotations = Common(scoreSet, valueKind);
        AddSlotNames(annotations, labels);
        labels?.AddTo(annotations, "TrainingLabelValues");
        return annotations.ToAnnotations();
    }

    private static DataViewSchema.Annotations SlotNames(LabelValues? labels)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddSlotNames(annotations, labels);
        return annotations.ToAnnotations();
    }

    private static void AddSlotNames(DataViewSchema.Annotations.Builder annotations, LabelValues? labels)
    {
        if (labels?.ItemType == TextDataViewType.Instance)
            labels.AddTo(annotations, "SlotNames");
    }

    private static DataViewSchema.Annotations.Builder Common(uint scoreSet, string valueKind)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add("ScoreColumnSetId", ScoreSetType, (ref uint value) => value = scoreSet);
        annotations.Add("ScoreColumnKind", TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = "MulticlassClassification".AsMemory());
        annotations.Add("ScoreValueKind", TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = valueKind.AsMemory());
        return annotations;
    }

    // Every scorer numbers the columns it adds, one above the highest number it meets.
    private static uint LastScoreSet(DataViewSchema input)
    {
        uint last = 0;
        foreach (DataViewSchema.Column column in input)
        {
            if (column.Annotations.Schema.GetColumnOrNull("ScoreColumnSetId")?.Type is KeyDataViewType type && type.RawType == typeof(uint))
            {
                uint value = 0;
                column.Annotations.GetValue("ScoreColumnSetId", ref value);
                last = Math.Max(last, value);
            }
        }

        return last;
    }
}
