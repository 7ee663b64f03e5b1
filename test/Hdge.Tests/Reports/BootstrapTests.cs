using Hdge.Metrics;
using Hdge.Reports;

namespace Hdge.Tests.Reports;

public class BootstrapTests
{
    [Fact]
    public void AResampleHasAsManyItemsInAscendingOrderAndRepeatsSome()
    {
        int repeated = 0;
        Bootstrap.Interval((first, second) =>
        {
            Assert.Equal((30, 7), (first.Length, second.Length));
            for (int i = 0; i < first.Length; i++)
                Assert.InRange(first[i], i == 0 ? 0 : first[i - 1], 29);
            Assert.InRange(second[^1], second[0], 6);
            Interlocked.Add(ref repeated, first.ToArray().Distinct().Count() < 30 ? 1 : 0);
            return 0;
        }, 30, 7, resamples: 100);
        Assert.InRange(repeated, 95, 100);
    }

    [Fact]
    public void TheIntervalOfAMeanCoversItAsOftenAsItSays()
    {
        int covered = 0;
        double width = 0;
        for (int trial = 0; trial < 300; trial++)
        {
            var random = new Random(trial);
            double[] values = [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble())]; // mean 1/2, variance 1/12
            var (low, high) = Bootstrap.Interval(items => Mean(values, items), values.Length, resamples: 200, confidence: 0.9, seed: trial);
            covered += low <= 0.5 && high >= 0.5 ? 1 : 0;
            width += (high - low) / 300;
        }
        Assert.InRange(covered / 300.0, 0.84, 0.95); // 0.9, standard error 0.017
        Assert.Equal(2 * 1.645 * Math.Sqrt(1 / 12.0 / 60), width, 0.006);
    }

    [Fact]
    public void TheEndsAreQuantilesOfTheResamplesWhateverTheThreads()
    {
        double[] values = [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))];
        var seen = new List<double>();
        var interval = Bootstrap.Interval(items =>
        {
            double mean = Mean(values, items);
            lock (seen)
                seen.Add(mean);
            return mean;
        }, values.Length, resamples: 101, confidence: 0.9, seed: 6);
        seen.Sort();
        Assert.Equal(seen[5], interval.Low, 12); // 5 % of 100 steps
        Assert.Equal(seen[95], interval.High, 12);
        Assert.Equal(interval, Bootstrap.Interval(items => Mean(values, items), values.Length, 101, 0.9, 6));
        Assert.NotEqual(interval, Bootstrap.Interval(items => Mean(values, items), values.Length, 101, 0.9, 7));
    }

    [Fact]
    public void WhatCannotBeAnsweredIsRefused()
    {
        Assert.Equal((3, 3), Bootstrap.Interval(_ => 3, 1));
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => Bootstrap.Interval(_ => double.NaN, 5)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.Interval(_ => 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.Interval(_ => 0, 5, confidence: 1));
        Assert.Throws<OperationCanceledException>(() => Bootstrap.Interval(_ => 0, 5, cancellation: new CancellationToken(canceled: true)));
    }

    private static double Mean(double[] values, ReadOnlySpan<int> items)
    {
        double sum = 0;
        foreach (int i in items)
            sum += values[i];
        return sum / items.Length;
    }
}
