using Hdge.Metrics;
using MathNet.Numerics.Distributions;

namespace Hdge.Tests.Calibration;

public class CalibrationNoiseTests
{
    [Theory]
    [InlineData(0.9f, 400)]
    [InlineData(0.51f, 50)]
    public void ItIsTheMeanDistanceOfABinomialFromItsMean(float confidence, int count)
    {
        var binomial = new Binomial(confidence, count);
        double[] gaps = [.. Enumerable.Range(0, count + 1).Select(k => Math.Abs(k / (double)count - confidence))], odds = [.. Enumerable.Range(0, count + 1).Select(binomial.Probability)];
        double mean = gaps.Zip(odds, (g, p) => g * p).Sum(), deviation = Math.Sqrt(gaps.Zip(odds, (g, p) => (g - mean) * (g - mean) * p).Sum());
        var noise = CalibrationNoise.Of([.. Enumerable.Repeat(confidence, count)]);
        Assert.Equal(mean, noise.Mean, 4 * deviation / Math.Sqrt(CalibrationNoise.Draws));
        double above = gaps.Zip(odds).Where(g => g.First > noise.Upper + 1e-9).Sum(g => g.Second);
        Assert.InRange(above, 0, 0.1); // 95 % ± four standard errors
    }

    [Fact]
    public void TenThousandSureImagesHaveAFloorOfSomeThousandths()
    {
        var random = new Random(1);
        float[] confidences = [.. Enumerable.Range(0, 10_000).Select(_ => random.NextDouble() < 0.85 ? 0.999f - 0.01f * random.NextSingle() : 0.5f + 0.5f * random.NextSingle())];
        var noise = CalibrationNoise.Of(confidences);
        Assert.InRange(noise.Mean, 0.002, 0.005);
        Assert.InRange(noise.Upper, noise.Mean, 0.008);
        Assert.Equal(noise, CalibrationNoise.Of(confidences));
    }

    [Fact]
    public void DebiasedIsWhatIsLeftAboveIt()
    {
        float[] sure = [.. Enumerable.Repeat(0.95f, 200)];
        bool[] half = [.. Enumerable.Range(0, 200).Select(i => i % 2 == 0)], right = [.. Enumerable.Range(0, 200).Select(i => i >= 10)];
        var wrong = ConfidenceMetrics.Of(sure, half);
        Assert.Equal(0.45, wrong.Ece, 1e-6);
        Assert.Equal(wrong.Ece - wrong.EceNoise.Mean, wrong.DebiasedEce, 1e-12);
        Assert.Equal(0, ConfidenceMetrics.Of(sure, right).DebiasedEce);
        Assert.Equal(new CalibrationNoise(0, 0), CalibrationNoise.Of([1f, 1f]));
        Assert.Throws<ArgumentException>(() => CalibrationNoise.Of([]));
    }
}
