using Hdge.Detection;
using Hdge.Metrics;

namespace Hdge.Tests.Detection;

public class RocCurveTests
{
    private static readonly float[] Known = Draw(7, 900, 300), Unknown = Draw(8, 700, 200);

    [Fact]
    public void AWholeCurveHasAPointADistinctScoreAndTheAreaOfTheAuroc()
    {
        var curve = RocCurve.Of(Known, Unknown, 10_000);
        float[] distinct = [.. Known.Concat(Unknown).Distinct().OrderDescending()];
        Assert.Equal(distinct.Length + 1, curve.Length);
        Assert.Equal(new RocPoint(0, 0, double.PositiveInfinity), curve[0]);
        for (int i = 0; i < distinct.Length; i++)
        {
            Assert.Equal(distinct[i], curve[i + 1].Threshold);
            Assert.Equal(Known.Count(s => s >= distinct[i]) / 900.0, curve[i + 1].TruePositiveRate, 1e-12);
            Assert.Equal(Unknown.Count(s => s >= distinct[i]) / 700.0, curve[i + 1].FalsePositiveRate, 1e-12);
        }
        double area = curve.Zip(curve.Skip(1), (a, b) => (b.FalsePositiveRate - a.FalsePositiveRate) * (a.TruePositiveRate + b.TruePositiveRate) / 2).Sum();
        Assert.Equal(Auroc.Of(Known, Unknown), area, 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(25)]
    [InlineData(200)]
    public void AThinnedCurveKeepsItsEndsAndStaysClose(int points)
    {
        var whole = RocCurve.Of(Known, Unknown, 10_000);
        var thin = RocCurve.Of(Known, Unknown, points);
        Assert.InRange(thin.Length, 2, points);
        Assert.Equal((whole[0], whole[^1]), (thin[0], thin[^1]));
        Assert.Subset(whole.ToHashSet(), thin.ToHashSet());
        double step = 2.0 / (points - 1) + 1e-12;
        Assert.All(whole, p => Assert.Contains(thin, q => Math.Abs(p.FalsePositiveRate - q.FalsePositiveRate) <= step && Math.Abs(p.TruePositiveRate - q.TruePositiveRate) <= step));
    }

    [Fact]
    public void AllTiedIsOneStraightLine() => Assert.Equal([new RocPoint(0, 0, double.PositiveInfinity), new RocPoint(1, 1, 5)], RocCurve.Of([5f, 5], [5f]));

    [Fact]
    public void OnePointIsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => RocCurve.Of([1f], [0f], 1));

    private static float[] Draw(int seed, int count, int levels)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(levels))];
    }
}
