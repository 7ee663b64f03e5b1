using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Areas under the curves that a score draws when its threshold moves.</summary>
internal static class RankingCurves
{
    /// <summary>The chance that a positive scores above a negative, equal scores counting half. Throws where one of the two is missing.</summary>
    public static double AreaUnderRoc(List<(float Score, bool Positive)> scored)
    {
        var positives = (double)scored.Count(s => s.Positive);
        var negatives = scored.Count - positives;
        Guard.Argument(positives > 0, "PosSample", "AUC is not defined when there is no positive class in the data");
        Guard.Argument(negatives > 0, "NegSample", "AUC is not defined when there is no negative class in the data");

        double area = 0;
        double positivesAbove = 0;
        foreach (var tied in GroupByScore(scored))
        {
            var p = tied.Count(s => s.Positive);
            area += (tied.Count - p) * (positivesAbove + 0.5 * p);
            positivesAbove += p;
        }
        return area / (positives * negatives);
    }

    /// <summary>Trapezes between the precisions just before and at every positive, from the highest score down.</summary>
    public static double AreaUnderPrecisionRecall(List<(float Score, bool Positive)> scored)
    {
        var positives = scored.Count(s => s.Positive);
        double area = 0;
        double before = 1;
        var hits = 0;
        var seen = 0;
        foreach (var (_, positive) in scored.OrderByDescending(s => s.Score))
        {
            seen++;
            if (positive)
                hits++;
            var precision = (double)hits / seen;
            if (positive)
                area += (before + precision) / 2 / positives;
            before = precision;
        }
        return area;
    }

    private static IEnumerable<List<(float Score, bool Positive)>> GroupByScore(List<(float Score, bool Positive)> scored)
    {
        var tied = new List<(float Score, bool Positive)>();
        foreach (var item in scored.OrderByDescending(s => s.Score))
        {
            if (tied.Count > 0 && tied[0].Score != item.Score)
            {
                yield return tied;
                tied = new List<(float Score, bool Positive)>();
            }
            tied.Add(item);
        }
        if (tied.Count > 0)
            yield return tied;
    }
}
