using Hdge.Metrics;

namespace Hdge.Tests.Calibration;

/// <summary>Metrics of a confidence alone, and of prediction sets, against their definitions.</summary>
public class ConfidenceMetricsTests
{
    [Fact]
    public void EqualsTheMetricsOfTheProbabilitiesItIsTheLargestOf()
    {
        var random = new Random(3);
        const int Count = 400;
        float[] confidences = [.. Enumerable.Range(0, Count).Select(_ => 0.5f + random.Next(0, 21) / 40f)]; // on the edges of bins, with ties
        int[] labels = [.. Enumerable.Range(0, Count).Select(_ => random.Next(2))];
        var expected = CalibrationMetrics.Of([.. confidences.SelectMany(p => new[] { p, 1 - p })], labels, 2, bins: 10);

        var actual = ConfidenceMetrics.Of(confidences, [.. labels.Select(label => label == 0)], bins: 10);

        Assert.Equal(Count, actual.Count);
        Assert.Equal(confidences.Average(p => (double)p), actual.Mean, 1e-12);
        Assert.Equal((expected.Ece, expected.Mce, expected.AdaptiveEce), (actual.Ece, actual.Mce, actual.AdaptiveEce));
        Assert.Equal(expected.Bins, actual.Bins);
        Assert.Equal(expected.RiskCoverage.Points(), actual.RiskCoverage.Points());
    }

    [Fact]
    public void PredictionSetsAreCounted()
    {
        bool[] sets =
        [
            true, false, false,
            true, true, false,
            false, false, false,
            false, true, true,
        ];
        Assert.Equal(new PredictionSetMetrics(4, Coverage: 0.5, MeanSize: 5 / 4.0, SingletonShare: 0.25, EmptyShare: 0.25), PredictionSetMetrics.Of(sets, [0, 2, 1, 2], 3));
        Assert.Throws<ArgumentException>(() => PredictionSetMetrics.Of(sets, [0, 2, 1], 3));
        Assert.Throws<ArgumentException>(() => PredictionSetMetrics.Of(sets, [0, 2, 1, 3], 3));
    }
}
