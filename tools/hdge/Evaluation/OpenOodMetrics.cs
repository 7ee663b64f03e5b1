using Hdge.Metrics;

namespace Hdge.Cli.Evaluation;

/// <summary>
/// The metrics of OpenOOD v1.5 (openood/evaluators/metrics.py), which differ from <see cref="DetectionMetrics"/>: unknown images are the positives of the false-positive rate, and the areas under the precision-recall curves are those of
/// trapezoids, not average precisions.
/// </summary>
/// <param name="Auroc">0..1.</param>
/// <param name="FalsePositiveRate">Share of known images refused by the first threshold that refuses 95 % of the unknown ones.</param>
/// <param name="AuprIn">Area under precision over recall with the known images as positives.</param>
/// <param name="AuprOut">The same with the unknown ones.</param>
internal sealed record OpenOodMetrics(double Auroc, double FalsePositiveRate, double AuprIn, double AuprOut)
{
    /// <param name="known">At least one score, higher is more in-distribution.</param>
    /// <param name="unknown">At least one.</param>
    public static OpenOodMetrics Of(float[] known, float[] unknown)
    {
        float[] positives = [.. unknown.Select(s => -s)], negatives = [.. known.Select(s => -s)];
        var turned = DetectionMetrics.Of(positives, negatives);
        return new(turned.Auroc, turned.FalsePositiveRate, Area(known, unknown), Area(positives, negatives));
    }

    /// <summary>The mean over sets, each counted the same.</summary>
    public static OpenOodMetrics Mean(IReadOnlyCollection<OpenOodMetrics> sets) =>
        new(sets.Average(s => s.Auroc), sets.Average(s => s.FalsePositiveRate), sets.Average(s => s.AuprIn), sets.Average(s => s.AuprOut));

    /// <summary>Trapezoids between the points of scikit-learn's precision_recall_curve: one a distinct score, and (recall 0, precision 1).</summary>
    private static double Area(float[] positives, float[] negatives)
    {
        double area = 0, recall = 0, precision = 1;
        foreach (var (_, found, wrong) in new RankedScores<float>(positives, negatives).Thresholds())
        {
            double nextRecall = found / (double)positives.Length, nextPrecision = found / (double)(found + wrong);
            area += (nextRecall - recall) * (precision + nextPrecision) / 2;
            (recall, precision) = (nextRecall, nextPrecision);
        }
        return area;
    }
}
