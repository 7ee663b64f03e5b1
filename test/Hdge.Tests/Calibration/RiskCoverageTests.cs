using Hdge.Metrics;

namespace Hdge.Tests.Calibration;

public class RiskCoverageTests
{
    [Theory]
    [MemberData(nameof(ScoredRows.All), MemberType = typeof(ScoredRows))]
    public void TheCurveAndItsReadingsEqualCountsOverEveryThreshold(ScoredRows rows)
    {
        float[] confidences = rows.Confidences;
        bool[] correct = rows.Correct;
        var curve = new RiskCoverageCurve(confidences, correct);
        double Coverage(float t) => confidences.Count(c => c >= t) / (double)rows.Count;
        double Risk(float t) => Enumerable.Range(0, rows.Count).Where(i => confidences[i] >= t).Average(i => correct[i] ? 0.0 : 1);
        float[] thresholds = [.. confidences.Distinct().OrderDescending()];

        var points = curve.Points(100_000);
        Assert.Equal(thresholds.Length, points.Length);
        for (int i = 0; i < points.Length; i++)
        {
            Assert.Equal(thresholds[i], points[i].Confidence);
            Assert.Equal(Coverage(thresholds[i]), points[i].Coverage, 1e-12);
            Assert.Equal(Risk(thresholds[i]), points[i].Risk, 1e-12);
        }
        foreach (double share in new[] { 0, 0.01, 0.29, 0.5, 0.9, 1 })
        {
            Assert.Equal(thresholds.Where(t => Risk(t) <= share + 1e-14).Select(Coverage).DefaultIfEmpty(0).Max(), curve.CoverageAtRisk(share), 1e-12);
            if (share > 0)
                Assert.Equal(Risk(thresholds.First(t => Coverage(t) >= share - 1e-14)), curve.RiskAtCoverage(share), 1e-12);
        }

        // Among equal confidences the expected order: k of them hold k times their share of errors.
        double Area(float[] by) => Enumerable.Range(1, rows.Count).Average(k =>
        {
            float last = by.OrderDescending().ElementAt(k - 1);
            int above = by.Count(c => c > last);
            double wrong = correct.Where((right, i) => !right && by[i] > last).Count() + (k - above) * correct.Where((_, i) => by[i] == last).Average(right => right ? 0.0 : 1);
            return wrong / k;
        });
        Assert.Equal(Area(confidences), curve.Aurc, 1e-12);
        Assert.Equal(Area(confidences) - Area([.. correct.Select(right => right ? 1f : 0f)]), curve.ExcessAurc, 1e-12);
    }

    [Fact]
    public void TiesCountAsTheMeanOverAllTheirOrders()
    {
        float[] confidences = [0.9f, 0.5f, 0.5f, 0.5f, 0.5f, 0.3f, 0.3f];
        bool[] correct = [true, false, true, true, false, true, false];
        double total = 0;
        int orders = 0;
        foreach (int[] order in Permutations(7).Where(o => o.Zip(o.Skip(1)).All(p => confidences[p.First] >= confidences[p.Second])))
        {
            int wrong = 0;
            total += order.Select((image, k) => (wrong += correct[image] ? 0 : 1) / (k + 1.0)).Average();
            orders++;
        }
        Assert.Equal(24 * 2, orders);
        Assert.Equal(total / orders, new RiskCoverageCurve(confidences, correct).Aurc, 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(50)]
    public void ThinningKeepsTheEndAndAPointOfEveryPart(int points)
    {
        var random = new Random(12);
        float[] confidences = [.. Enumerable.Range(0, 500).Select(_ => random.NextSingle())];
        bool[] correct = [.. confidences.Select(c => random.NextSingle() < c)];
        var curve = new RiskCoverageCurve(confidences, correct);
        var thin = curve.Points(points);
        Assert.Equal(points, thin.Length);
        Assert.Equal(curve.Points(500)[^1], thin[^1]);
        Assert.Subset(curve.Points(500).ToHashSet(), thin.ToHashSet());
    }

    [Fact]
    public void SharesOutOfRangeAreRefused()
    {
        var curve = new RiskCoverageCurve([0.5f], [true]);
        Assert.Throws<ArgumentOutOfRangeException>(() => curve.CoverageAtRisk(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => curve.CoverageAtRisk(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => curve.RiskAtCoverage(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => curve.RiskAtCoverage(1.1));
        Assert.Throws<ArgumentException>(() => new RiskCoverageCurve([], []));
    }

    private static IEnumerable<int[]> Permutations(int n) => n == 0 ? [[]]
        : Permutations(n - 1).SelectMany(p => Enumerable.Range(0, n).Select(at => (int[])[.. p[..at], n - 1, .. p[at..]]));
}
