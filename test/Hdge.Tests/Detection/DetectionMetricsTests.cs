using Hdge.Detection;
using Hdge.Metrics;

namespace Hdge.Tests.Detection;

/// <summary>Every metric against its definition, counted afresh for every threshold.</summary>
public class DetectionMetricsTests
{
    public sealed record Scores(string Name, double[] Known, double[] Unknown)
    {
        public override string ToString() => Name;
    }

    public static TheoryData<Scores> Sets()
    {
        var random = new Random(5);
        double[] Draw(int count, int levels, double shift) => [.. Enumerable.Range(0, count).Select(_ => random.Next(levels) + shift)];
        return
        [
            new("one of each, tied", [1], [1]),
            new("one of each, right", [2], [1]),
            new("one of each, wrong", [1], [2]),
            new("all tied", Draw(40, 1, 0), Draw(7, 1, 0)),
            new("perfectly separated", Draw(60, 30, 100), Draw(50, 30, 0)),
            new("perfectly wrong", Draw(60, 30, 0), Draw(50, 30, 100)),
            new("many ties", Draw(200, 9, 1), Draw(300, 9, 0)),
            new("no ties", Draw(200, int.MaxValue, 0), Draw(211, int.MaxValue, 0)),
            new("one known among many", Draw(1, 50, 10), Draw(500, 50, 0)),
            new("one unknown among many", Draw(500, 50, 10), Draw(1, 50, 0)),
            new("zeros of both signs", [0.0, -0.0, 1], [-0.0, 0.0, -1]),
            new("infinite", [double.PositiveInfinity, 1, double.NegativeInfinity], [double.NegativeInfinity, double.PositiveInfinity, 0]),
        ];
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void EveryMetricEqualsItsDefinition(Scores scores)
    {
        var (_, known, unknown) = scores;
        foreach (double rate in new[] { 0.95, 0.5, 1, 0.001 })
        {
            var metrics = DetectionMetrics.Of(known, unknown, rate);
            Assert.Equal((known.Length, unknown.Length, rate), (metrics.KnownCount, metrics.UnknownCount, metrics.TruePositiveRate));
            Assert.Equal(known.Sum(a => unknown.Sum(b => a > b ? 1 : a == b ? 0.5 : 0)) / known.Length / unknown.Length, metrics.Auroc, 1e-12);
            Assert.Equal(AveragePrecision(known, unknown), metrics.AuprIn, 1e-12);
            Assert.Equal(AveragePrecision([.. unknown.Select(s => -s)], [.. known.Select(s => -s)]), metrics.AuprOut, 1e-12);
            double[] thresholds = [.. known, .. unknown, double.PositiveInfinity];
            Assert.Equal(thresholds.Where(t => Reaching(known, t) >= rate * known.Length).Min(t => Reaching(unknown, t)) / (double)unknown.Length, metrics.FalsePositiveRate, 1e-12);
            double error = Math.Min(0.5, thresholds.Min(t => 0.5 * (1 - Reaching(known, t) / (double)known.Length + Reaching(unknown, t) / (double)unknown.Length)));
            Assert.Equal(error, metrics.DetectionError, 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void SinglePrecisionAndAnyOrderGiveTheSame(Scores scores)
    {
        var (_, known, unknown) = scores;
        float[] a = [.. known.Select(s => (float)s)], b = [.. unknown.Select(s => (float)s)];
        var expected = DetectionMetrics.Of([.. a.Select(s => (double)s)], [.. b.Select(s => (double)s)]);
        Assert.Equal(expected, DetectionMetrics.Of(a, b));
        Assert.Equal(expected.Auroc, Auroc.Of(a, b));
        new Random(1).Shuffle(a);
        new Random(2).Shuffle(b);
        Assert.Equal(expected, DetectionMetrics.Of(a, b));
    }

    [Fact]
    public void HundredsOfThousandsOfScoresEqualCountsByLevel()
    {
        // Scores on 1000 levels: every metric follows from two tables of counts in whole numbers.
        const int Levels = 1000, Known = 300_000, Unknown = 100_000;
        var random = new Random(6);
        float[] known = [.. Enumerable.Range(0, Known).Select(_ => (float)(random.Next(Levels / 2) + random.Next(Levels / 2)))];
        float[] unknown = [.. Enumerable.Range(0, Unknown).Select(_ => (float)random.Next(Levels))];
        long[] a = new long[Levels], b = new long[Levels];
        foreach (float s in known)
            a[(int)s]++;
        foreach (float s in unknown)
            b[(int)s]++;
        decimal pairs = 0, precision = 0;
        for (int level = 0; level < Levels; level++)
        {
            pairs += a[level] * (2 * b[..level].Sum() + b[level]);
            long above = a[level..].Sum(), all = above + b[level..].Sum();
            if (a[level] > 0)
                precision += (decimal)a[level] * above / all;
        }
        var metrics = DetectionMetrics.Of(known, unknown);
        Assert.Equal((double)(pairs / (2m * Known * Unknown)), metrics.Auroc, 1e-12);
        Assert.Equal((double)(precision / Known), metrics.AuprIn, 1e-12);
    }

    [Fact]
    public void BadScoresAreRefusedByKindAndIndex()
    {
        Assert.Contains("Known score 1 is NaN", Assert.Throws<ArgumentException>(() => DetectionMetrics.Of([1f, float.NaN], [2f])).Message, StringComparison.Ordinal);
        Assert.Contains("Unknown score 0 is NaN", Assert.Throws<ArgumentException>(() => DetectionMetrics.Of([1.0], [double.NaN])).Message, StringComparison.Ordinal);
        Assert.Contains("0 known and 1 unknown", Assert.Throws<ArgumentException>(() => DetectionMetrics.Of(Array.Empty<float>(), [1f])).Message, StringComparison.Ordinal);
        Assert.Contains("1 known and 0 unknown", Assert.Throws<ArgumentException>(() => DetectionMetrics.Of([1f], Array.Empty<float>())).Message, StringComparison.Ordinal);
        foreach (double rate in new[] { 0, -1, 1.01, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => DetectionMetrics.Of([1f], [1f], rate));
    }

    private static int Reaching(double[] scores, double threshold) => scores.Count(s => s >= threshold);

    private static double AveragePrecision(double[] positives, double[] negatives)
    {
        double area = 0, before = 0;
        foreach (double t in positives.Concat(negatives).Distinct().OrderDescending())
        {
            double found = Reaching(positives, t);
            area += (found - before) / positives.Length * (found / (found + Reaching(negatives, t)));
            before = found;
        }
        return area;
    }
}
