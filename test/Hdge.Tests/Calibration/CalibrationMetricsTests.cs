using Hdge.Metrics;

namespace Hdge.Tests.Calibration;

/// <summary>Every metric against its definition, image by image.</summary>
public class CalibrationMetricsTests
{
    [Theory]
    [MemberData(nameof(ScoredRows.All), MemberType = typeof(ScoredRows))]
    public void EveryMetricEqualsItsDefinition(ScoredRows rows)
    {
        float[] confidences = rows.Confidences;
        bool[] correct = rows.Correct;
        int n = rows.Count;
        foreach (int bins in new[] { 20, 15, 1, 64 })
        {
            var metrics = CalibrationMetrics.Of(rows.Probabilities, rows.Labels, rows.ClassCount, bins);
            Assert.Equal(n, metrics.Count);
            Assert.Equal(correct.Count(c => c) / (double)n, metrics.Accuracy, 1e-12);
            double expected = 0, largest = 0;
            for (int b = 0; b < bins; b++)
            {
                int[] members = [.. Enumerable.Range(0, n).Where(i => InBin(confidences[i], b, bins))];
                Assert.Equal(((double)b / bins, (b + 1.0) / bins, members.Length), (metrics.Bins[b].Low, metrics.Bins[b].High, metrics.Bins[b].Count));
                double confidence = members.Select(i => (double)confidences[i]).DefaultIfEmpty(0).Average(), accuracy = members.Select(i => correct[i] ? 1.0 : 0).DefaultIfEmpty(0).Average();
                Assert.Equal(confidence, metrics.Bins[b].MeanConfidence, 1e-12);
                Assert.Equal(accuracy, metrics.Bins[b].Accuracy, 1e-12);
                expected += members.Length / (double)n * Math.Abs(confidence - accuracy);
                largest = members.Length > 0 ? Math.Max(largest, Math.Abs(confidence - accuracy)) : largest;
            }
            Assert.Equal(expected, metrics.Ece, 1e-12);
            Assert.Equal(largest, metrics.Mce, 1e-12);
            Assert.Equal(metrics.Ece, ProbabilityMetrics.ExpectedCalibrationError(confidences, correct, bins), 1e-12);
            Assert.Equal(metrics.Mce, ProbabilityMetrics.MaximumCalibrationError(confidences, correct, bins), 1e-12);
            Assert.Equal(Adaptive(confidences, correct, bins), metrics.AdaptiveEce, 1e-12);
            Assert.Equal(Classwise(rows, bins), metrics.ClasswiseEce, 1e-12);
            Assert.Equal(Enumerable.Range(0, n).Average(i => rows.Row(i).Select((p, c) => Math.Pow((double)p - (c == rows.Labels[i] ? 1 : 0), 2)).Sum()), metrics.Brier, 1e-12);
            Assert.Equal(Enumerable.Range(0, n).Average(i => -Math.Log(Math.Clamp((double)rows.Row(i)[rows.Labels[i]], 1e-15, 1))), metrics.NegativeLogLikelihood, 1e-12);
        }
    }

    [Fact]
    public void AdaptiveBinsOfKnownContent() =>
        // Two bins: {0.6 wrong, 0.8 half right} and {0.8 half right, 1 right}: gaps 0.6 + 0.3 and 0.3 + 0.
        Assert.Equal((0.9 + 0.3) / 4, ProbabilityMetrics.AdaptiveCalibrationError([0.8f, 1, 0.6f, 0.8f], [true, true, false, false], 2), 1e-7);

    [Fact]
    public void BadRowsAreRefusedWithTheirNumber()
    {
        void Refused(string expected, float[] probabilities, int[] labels, int classCount = 2) =>
            Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(() => CalibrationMetrics.Of(probabilities, labels, classCount)).Message, StringComparison.Ordinal);
        Refused("Row 1 has the probability NaN", [0.5f, 0.5f, float.NaN, 1], [0, 1]);
        Refused("Row 0 has the probability -0.1", [-0.1f, 1.1f], [0]);
        Refused("row 1 sum to 0.9", [0.5f, 0.5f, 0.5f, 0.4f], [0, 1]);
        Refused("Label 1 is 2, expected 0..1", [0.5f, 0.5f, 0.5f, 0.5f], [0, 2]);
        Refused("Label 0 is -1", [0.5f, 0.5f], [-1]);
        Refused("need 4 probabilities", [0.5f, 0.5f, 0.5f], [0, 1]);
        Refused("found 0", [], []);
        Refused("classCount is 1", [1], [0], 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => CalibrationMetrics.Of([0.5f, 0.5f], [0], 2, 0));
        Assert.Contains("Confidence 1", Assert.Throws<ArgumentException>(() => new RiskCoverageCurve([1, float.NaN], [true, true])).Message, StringComparison.Ordinal);
    }

    private static bool InBin(float confidence, int bin, int bins) =>
        (decimal)(double)confidence * bins <= bin + 1 && ((decimal)(double)confidence * bins > bin || (bin == 0 && confidence == 0));

    /// <summary>Every way to break the ties has the same part in the images of a bin, so each tied image counts with the accuracy of them all.</summary>
    private static double Adaptive(float[] confidences, bool[] correct, int bins)
    {
        int n = confidences.Length;
        float[] sorted = [.. confidences.Order()];
        double total = 0;
        for (int b = 0; b < bins; b++)
        {
            double gap = 0;
            for (int i = (int)((long)b * n / bins); i < (long)(b + 1) * n / bins; i++)
                gap += sorted[i] - correct.Where((_, k) => confidences[k] == sorted[i]).Average(c => c ? 1.0 : 0);
            total += Math.Abs(gap) / n;
        }
        return total;
    }

    private static double Classwise(ScoredRows rows, int bins)
    {
        double total = 0;
        for (int c = 0; c < rows.ClassCount; c++)
            for (int b = 0; b < bins; b++)
            {
                int[] members = [.. Enumerable.Range(0, rows.Count).Where(i => InBin(rows.Row(i)[c], b, bins))];
                if (members.Length > 0)
                    total += members.Length / (double)rows.Count * Math.Abs(members.Average(i => (double)rows.Row(i)[c]) - members.Average(i => rows.Labels[i] == c ? 1.0 : 0));
            }
        return total / rows.ClassCount;
    }
}
