namespace Microsoft.ML.Data;

internal static class AnomalyEvaluator
{
    public static AnomalyDetectionMetrics Evaluate(EvaluatedColumns columns, int falsePositiveCount)
    {
        if (columns.Score.Type != NumberDataViewType.Single)
            throw EvaluatedColumns.Mismatch("score", columns.Score, "Single");
        if (columns.Label.Type != NumberDataViewType.Single && columns.Label.Type.GetKeyCount() != 2)
            throw EvaluatedColumns.Mismatch("label", columns.Label, "Single or a Key with cardinality 2");

        var scored = new List<(float Score, bool Positive)>();
        using var cursor = columns.Data.GetRowCursor([columns.Label, columns.Score]);
        var readLabel = columns.LabelReader(cursor);
        var readScore = EvaluatedColumns.SingleReader(cursor, columns.Score);
        while (cursor.MoveNext())
        {
            var label = readLabel();
            var score = readScore();
            if (!float.IsNaN(label) && float.IsFinite(score))
                scored.Add((score, label > 0));
        }
        return new AnomalyDetectionMetrics(RankingCurves.AreaUnderRoc(scored), DetectionRate(scored, falsePositiveCount));
    }

    /// <summary>The part of the anomalies that score above the false positive which is one too many.</summary>
    private static double DetectionRate(List<(float Score, bool Positive)> scored, int allowed)
    {
        var found = 0;
        var wrong = 0;
        foreach (var (_, anomaly) in scored.OrderByDescending(s => s.Score))
        {
            if (anomaly)
                found++;
            else if (++wrong > allowed)
                break;
        }
        return (double)found / scored.Count(s => s.Positive);
    }
}

public sealed class AnomalyDetectionMetrics
{
    internal AnomalyDetectionMetrics(double areaUnderRocCurve, double detectionRate)
    {
        AreaUnderRocCurve = areaUnderRocCurve;
        DetectionRateAtFalsePositiveCount = detectionRate;
    }

    public double AreaUnderRocCurve { get; }

    public double DetectionRateAtFalsePositiveCount { get; }
}
