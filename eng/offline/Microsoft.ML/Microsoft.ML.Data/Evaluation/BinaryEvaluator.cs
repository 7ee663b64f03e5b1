namespace Microsoft.ML.Data;

internal static class BinaryEvaluator
{
    public static BinaryCounts Evaluate(EvaluatedColumns columns, DataViewSchema.Column? probability)
    {
        if (columns.Score.Type != NumberDataViewType.Single)
            throw EvaluatedColumns.Mismatch("score", columns.Score, "Single");
        var label = columns.Label.Type;
        if (label != NumberDataViewType.Single && label != NumberDataViewType.Double && label is not BooleanDataViewType && label.GetKeyCount() != 2)
            throw EvaluatedColumns.Mismatch("label", columns.Label, "Single, Double, Boolean, or a Key with cardinality 2");
        if (probability is { } p && p.Type != NumberDataViewType.Single)
            throw EvaluatedColumns.Mismatch("probability", p, "Single");

        var counts = new BinaryCounts(ClassNames(columns.Label));
        DataViewSchema.Column[] needed = [columns.Label, columns.Score, .. probability is { } q ? new[] { q } : []];
        using var cursor = columns.Data.GetRowCursor(needed);
        var readLabel = columns.LabelReader(cursor);
        var readScore = EvaluatedColumns.SingleReader(cursor, columns.Score);
        var readProbability = probability is { } r ? EvaluatedColumns.SingleReader(cursor, r) : static () => float.NaN;
        while (cursor.MoveNext())
        {
            var value = readLabel();
            var score = readScore();
            if (float.IsFinite(score) && !float.IsNaN(value))
                counts.Add(value > 0, score, readProbability());
        }
        return counts;
    }

    private static string[] ClassNames(DataViewSchema.Column label)
    {
        if (!label.HasKeyValues())
            return ["positive", "negative"];
        VBuffer<ReadOnlyMemory<char>> names = default;
        label.GetKeyValues(ref names);
        return names.DenseValues().Select(n => n.ToString()).ToArray();
    }
}
