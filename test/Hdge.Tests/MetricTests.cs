using Hdge.Calibration;
using Hdge.Detection;
using Hdge.Metrics;

namespace Hdge.Tests;

public class MetricTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(50, 70, 8)] // many ties
    [InlineData(200, 31, 1_000_000)]
    public void AurocEqualsTheShareOfPairsInOrder(int known, int unknown, int levels)
    {
        var random = new Random(known);
        float[] a = [.. Enumerable.Range(0, known).Select(_ => (float)random.Next(levels))];
        float[] b = [.. Enumerable.Range(0, unknown).Select(_ => (float)random.Next(levels))];
        double pairs = a.Sum(x => b.Sum(y => x > y ? 1.0 : x == y ? 0.5 : 0)) / ((double)known * unknown);
        Assert.Equal(pairs, Auroc.Of(a, b), 12);
    }

    [Fact]
    public void AurocRefusesNaNAndEmptySets()
    {
        Assert.Throws<ArgumentException>(() => Auroc.Of([1, float.NaN], [2]));
        Assert.Throws<ArgumentException>(() => Auroc.Of([], [2]));
        Assert.Equal(1, Auroc.Of([float.PositiveInfinity], [float.NegativeInfinity]));
    }

    [Fact]
    public void CalibrationErrorEqualsItsDefinition()
    {
        var random = new Random(2);
        float[] confidences = [.. Enumerable.Range(0, 500).Select(i => i < 21 ? i / 20f : random.NextSingle())]; // edges of the bins too
        bool[] correct = [.. confidences.Select(_ => random.Next(3) > 0)];
        double expected = 0;
        for (int bin = 0; bin < 20; bin++)
        {
            int[] members = [.. Enumerable.Range(0, 500).Where(i => (confidences[i] > bin / 20.0 || (bin == 0 && confidences[i] == 0)) && confidences[i] <= (bin + 1) / 20.0)];
            if (members.Length > 0)
                expected += members.Length / 500.0 * Math.Abs(members.Average(i => (double)confidences[i]) - members.Average(i => correct[i] ? 1.0 : 0));
        }
        Assert.Equal(expected, ProbabilityMetrics.ExpectedCalibrationError(confidences, correct), 9);
        Assert.Throws<ArgumentException>(() => ProbabilityMetrics.ExpectedCalibrationError([1.5f], [true]));
    }

    [Fact]
    public void TheFittedTemperatureIsWhereTheLikelihoodIsFlat()
    {
        // Labels drawn from softmax(f / 2.5): the temperature to find.
        const int Classes = 5, Count = 4000;
        var random = new Random(3);
        var logits = new float[Count * Classes];
        var labels = new int[Count];
        for (int i = 0; i < Count; i++)
        {
            var row = logits.AsSpan(i * Classes, Classes);
            for (int c = 0; c < Classes; c++)
                row[c] = 12 * random.NextSingle();
            double[] weights = [.. row.ToArray().Select(f => Math.Exp(f / 2.5))];
            double at = random.NextDouble() * weights.Sum();
            while (labels[i] < Classes - 1 && (at -= weights[labels[i]]) > 0)
                labels[i]++;
        }
        double fitted = TemperatureCalibrator.Fit(new(logits, labels, Classes)).Temperature;
        Assert.InRange(fitted, 2.2, 2.8);
        double Loss(double t) => Enumerable.Range(0, Count).Average(i =>
        {
            double[] scaled = [.. logits.Skip(i * Classes).Take(Classes).Select(f => f / t)];
            return Math.Log(scaled.Sum(Math.Exp)) - scaled[labels[i]];
        });
        double best = Loss(fitted);
        for (double t = 0.1; t < 20; t *= 1.05)
            Assert.True(best <= Loss(t) + 1e-9, $"temperature {t} is better than {fitted}");
    }

    [Theory]
    [InlineData(0.95, 100, 95)]
    [InlineData(1, 100, 100)]
    [InlineData(0.951, 100, 96)]
    [InlineData(0.5, 1, 1)]
    public void TheThresholdKeepsTheShareAndNoMore(double rate, int count, int kept)
    {
        var random = new Random(4);
        float[] scores = [.. Enumerable.Range(0, count).Select(_ => 100 * random.NextSingle())];
        var decision = Decision.Fit(DetectionScore.Vim, scores, rate);
        Assert.Equal(kept, scores.Count(decision.Keeps));
        Assert.Equal(kept, scores.Count(s => s >= decision.Lower));
    }
}
