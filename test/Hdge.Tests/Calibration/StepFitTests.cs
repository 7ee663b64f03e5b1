using Hdge.Calibration;

namespace Hdge.Tests.Calibration;

/// <summary>Isotonic regression and histogram binning against their definitions.</summary>
public class StepFitTests
{
    [Theory]
    [InlineData(1, 1, 0.5)]
    [InlineData(30, 1, 0.5)] // all equal
    [InlineData(60, 8, 0.5)] // ties
    [InlineData(60, 1_000_000, 0.5)]
    [InlineData(50, 1_000_000, 0)]
    [InlineData(50, 1_000_000, 1)]
    [InlineData(80, 3, 0.02)]
    public void IsotonicRegressionEqualsTheMinimaxFormula(int count, int levels, double rate)
    {
        var random = new Random(count + levels);
        float[] p = [.. Enumerable.Range(0, count).Select(_ => random.Next(levels + 1) / (float)levels)];
        bool[] y = [.. p.Select(x => random.NextDouble() < (rate is > 0 and < 1 ? rate * (0.5 + x) : rate))];
        var (fitted, targets) = (IsotonicCalibrator.FitClass(p, y), Targets(y));
        float[] distinct = [.. p.Distinct().Order()];
        (double Sum, int Count)[] groups = [.. distinct.Select(x => (p.Select((q, i) => q == x ? targets[i] : 0).Sum(), p.Count(q => q == x)))];
        double Mean(int from, int to) => groups[from..(to + 1)].Sum(g => g.Sum) / groups[from..(to + 1)].Sum(g => g.Count);
        for (int i = 0; i < distinct.Length; i++)
        {
            double minimax = Enumerable.Range(0, i + 1).Max(from => Enumerable.Range(i, distinct.Length - i).Min(to => Mean(from, to)));
            Assert.Equal((float)minimax, fitted.At(distinct[i]), 1e-7f);
            if (i + 1 < distinct.Length) // between two probabilities: the value of the nearer one
            {
                float quarter = distinct[i] + (distinct[i + 1] - distinct[i]) / 4, threeQuarters = distinct[i] + 3 * (distinct[i + 1] - distinct[i]) / 4;
                Assert.Equal((fitted.At(distinct[i]), fitted.At(distinct[i + 1])), (fitted.At(quarter), fitted.At(threeQuarters)));
            }
        }
        Assert.Equal((fitted.At(distinct[0]), fitted.At(distinct[^1])), (fitted.At(0), fitted.At(1)));
        float[] values = fitted.Values.ToArray();
        Assert.All(values.Zip(values.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.All(values, v => Assert.InRange(v, 0f, 1f));
    }

    [Fact]
    public void NeighbouringSinglesStayApart()
    {
        float low = 0.5f, high = MathF.BitIncrement(0.5f), higher = MathF.BitIncrement(high);
        var fitted = IsotonicCalibrator.FitClass([low, high, higher], [false, true, true]);
        Assert.True(fitted.At(low) < fitted.At(high));
        fitted = IsotonicCalibrator.FitClass([low, high, higher], [false, false, true]);
        Assert.True(fitted.At(high) < fitted.At(higher));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1)]
    [InlineData(40)]
    public void HistogramBinsHoldTheMeanOutcome(int bins)
    {
        var random = new Random(bins);
        float[] p = [.. Enumerable.Range(0, 90).Select(i => i < 41 ? i / 40f : random.NextSingle() * random.NextSingle())];
        bool[] y = [.. p.Select(x => random.NextSingle() < x)];
        var (fitted, targets) = (HistogramCalibrator.FitClass(p, y, bins), Targets(y));
        for (int b = 0; b < bins; b++)
        {
            float low = (float)b / bins, high = (float)(b + 1) / bins;
            double[] members = [.. Enumerable.Range(0, p.Length).Where(i => (p[i] > low || b == 0) && p[i] <= high).Select(i => targets[i])];
            float expected = members.Length > 0 ? (float)members.Average() : (low + high) / 2;
            Assert.Equal(expected, fitted.At(high), 1e-6f);
            Assert.Equal(expected, fitted.At(MathF.BitIncrement(low)), 1e-6f);
        }
        Assert.Equal(fitted.At(1f / bins), fitted.At(0));
    }

    [Fact]
    public void BadInputIsRefused()
    {
        Assert.Throws<ArgumentException>(() => IsotonicCalibrator.FitClass([], []));
        Assert.Throws<ArgumentException>(() => IsotonicCalibrator.FitClass([float.NaN], [true]));
        Assert.Throws<ArgumentException>(() => HistogramCalibrator.FitClass([0.5f], [true, false]));
        Assert.Throws<ArgumentOutOfRangeException>(() => HistogramCalibrator.FitClass([0.5f], [true], 0));
    }

    private static double[] Targets(bool[] y)
    {
        double positive = y.Count(v => v);
        return [.. y.Select(v => v ? (positive + 1) / (positive + 2) : 1 / (y.Length - positive + 2))];
    }
}
