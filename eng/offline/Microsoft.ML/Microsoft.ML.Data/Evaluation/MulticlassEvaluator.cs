using System.Globalization;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

internal static class MulticlassEvaluator
{
    public static MulticlassClassificationMetrics Evaluate(EvaluatedColumns columns, int topK)
    {
        if (columns.Score.Type is not VectorDataViewType { Size: >= 2 } vector || vector.ItemType != NumberDataViewType.Single)
            throw EvaluatedColumns.Mismatch("score", columns.Score, "vector of two or more items of type Single");
        if (columns.Label.Type != NumberDataViewType.Single && columns.Label.Type is not KeyDataViewType)
            throw EvaluatedColumns.Mismatch("label", columns.Label, "Single or Key");

        var counts = new MulticlassCounts(vector.Size);
        using var cursor = columns.Data.GetRowCursor([columns.Label, columns.Score]);
        var readLabel = columns.LabelReader(cursor);
        var getScores = cursor.GetGetter<VBuffer<float>>(columns.Score);
        VBuffer<float> buffer = default;
        var scores = new float[vector.Size];
        while (cursor.MoveNext())
        {
            var label = readLabel();
            // Rows without a class, and with a class that is no class, do not count.
            if (!(label >= 0) || label != (int)label)
                continue;
            getScores(ref buffer);
            Guard.State(buffer.Length == scores.Length, $"A score has {buffer.Length} values, the column's type says {scores.Length}.");
            buffer.CopyTo(scores);
            if (Array.TrueForAll(scores, float.IsFinite))
                counts.Add((int)label, scores);
        }
        return counts.ToMetrics(topK, ClassNames(columns.Score, vector.Size));
    }

    private static string[] ClassNames(DataViewSchema.Column score, int classes)
    {
        if (!score.HasSlotNames())
            return Enumerable.Range(0, classes).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return names.DenseValues().Select(n => n.ToString()).ToArray();
    }
}
