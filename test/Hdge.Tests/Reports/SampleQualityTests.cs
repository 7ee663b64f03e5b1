using Hdge.Metrics;
using Hdge.Reports;
using Hdge.Training;

namespace Hdge.Tests.Reports;

public class SampleQualityTests
{
    [Fact]
    public void DiagonalNormalsHaveTheirClosedForm()
    {
        // Points at ±s√(n−1)/√n… on the axes: n = 4 points (±a, 0), (0, ±b) have variances 2a²/3 and 2b²/3.
        var first = FeatureMoments.Of([3, 0, -3, 0, 0, 1, 0, -1], 4);
        var second = FeatureMoments.Of([5 + 1, 2, 5 - 1, 2, 5, 2 + 2, 5, 2 - 2], 4);
        Assert.Equal([5.0, 2.0], second.Mean);
        Assert.Equal(6, first.Covariance(0, 0), 1e-12);
        Assert.Equal(2 / 3.0, first.Covariance(1, 1), 1e-12);
        double expected = 25 + 4 + Math.Pow(Math.Sqrt(6) - Math.Sqrt(2 / 3.0), 2) + Math.Pow(Math.Sqrt(2 / 3.0) - Math.Sqrt(8 / 3.0), 2);
        Assert.Equal(expected, FrechetDistance.Of(first, second), 1e-10);
        Assert.Equal(expected, FrechetDistance.Of(second, first), 1e-10);
        Assert.Equal(0, FrechetDistance.Of(first, first), 1e-10);
    }

    [Fact]
    public void CorrelatedNormalsOfTwoDimensionsHaveTheirClosedForm()
    {
        // tr (AB)^½ of 2×2 matrices is √(tr AB + 2 √det AB).
        var random = new Random(4);
        for (int round = 0; round < 20; round++)
        {
            FeatureMoments a = Draw(30), b = Draw(50);
            double trace = 0;
            for (int i = 0; i < 2; i++)
                for (int k = 0; k < 2; k++)
                    trace += a.Covariance(i, k) * b.Covariance(k, i);
            double determinant = Determinant(a) * Determinant(b), shift = Enumerable.Range(0, 2).Sum(i => Math.Pow(a.Mean[i] - b.Mean[i], 2));
            double expected = shift + a.Covariance(0, 0) + a.Covariance(1, 1) + b.Covariance(0, 0) + b.Covariance(1, 1) - 2 * Math.Sqrt(trace + 2 * Math.Sqrt(determinant));
            Assert.Equal(expected, FrechetDistance.Of(a, b), 1e-9);
        }

        FeatureMoments Draw(int count)
        {
            double mix = random.NextDouble() * 2 - 1;
            return FeatureMoments.Of([.. Enumerable.Range(0, count).SelectMany(_ =>
            {
                double x = random.NextDouble() * 3, y = random.NextDouble();
                return new[] { (float)x, (float)(y + mix * x) };
            })], count);
        }

        static double Determinant(FeatureMoments m) => m.Covariance(0, 0) * m.Covariance(1, 1) - m.Covariance(0, 1) * m.Covariance(1, 0);
    }

    [Fact]
    public void FewerVectorsThanFeaturesAndConstantOnesAreFine()
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 5 * 20).Select(_ => random.NextSingle())];
        var few = FeatureMoments.Of(values, 5);
        Assert.Equal(0, FrechetDistance.Of(few, few), 1e-6);
        var moved = FeatureMoments.Of([.. values.Select(v => v + 2)], 5);
        Assert.Equal(4 * 20, FrechetDistance.Of(few, moved), 1e-4);
        var still = FeatureMoments.Of(new float[40], 2);
        Assert.Equal(few.Mean.Sum(m => m * m) + Enumerable.Range(0, 20).Sum(i => few.Covariance(i, i)), FrechetDistance.Of(few, still), 1e-9);
        Assert.Contains("20 and 2 features", Assert.Throws<ArgumentException>(() => FrechetDistance.Of(few, FeatureMoments.Of(new float[4], 2))).Message, StringComparison.Ordinal);
        Assert.Contains("Feature 1 of vector 0", Assert.Throws<ArgumentException>(() => FeatureMoments.Of([0, float.NaN, 0, 0], 2)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => FeatureMoments.Of([0, 0, 0], 2));
        Assert.ThrowsAny<ArgumentException>(() => FeatureMoments.Of([0, 0], 1));
    }

    [Fact]
    public void DiversityIsOneForOneKindAndTheNumberOfClassesForAll()
    {
        Assert.Equal(1, ClassDiversity.Of([0.2f, 0.3f, 0.5f, 0.2f, 0.3f, 0.5f], 3), 1e-7);
        Assert.Equal(3, ClassDiversity.Of([1, 0, 0, 0, 1, 0, 0, 0, 1], 3), 1e-12);
        // KL(.9, .1 ‖ .6, .4) and KL(.3, .7 ‖ .6, .4).
        double expected = Math.Exp((0.9 * Math.Log(0.9 / 0.6) + 0.1 * Math.Log(0.1 / 0.4) + 0.3 * Math.Log(0.3 / 0.6) + 0.7 * Math.Log(0.7 / 0.4)) / 2);
        Assert.Equal(expected, ClassDiversity.Of([0.9f, 0.1f, 0.3f, 0.7f], 2), 1e-7);
        Assert.Throws<ArgumentException>(() => ClassDiversity.Of([], 2));
        Assert.Throws<ArgumentException>(() => ClassDiversity.Of([0.5f, 0.6f], 2));
    }

    [Fact]
    public void RealImagesAreNearerThanNoise()
    {
        using var judge = ModelTrainer.Train(SmallImages.Patterns(120), SmallImages.Quick);
        var random = new Random(6);
        var noise = new byte[60 * 64];
        random.NextBytes(noise);
        var real = SmallImages.Patterns(200, seed: 8);
        var ofNoise = SampleQuality.Of(judge, ImageSet.FromBytes(SmallImages.Shape, noise, new int[60], 3), real, seed: 1);
        var ofReal = SampleQuality.Of(judge, SmallImages.Patterns(60, seed: 9), real, seed: 1);
        Assert.Equal((60, 64, ofReal.Floor, ofReal.RealDiversity), (ofNoise.Count, ofNoise.FeatureCount, ofNoise.Floor, ofNoise.RealDiversity));
        Assert.True(ofNoise.Distance > 3 * ofReal.Distance, $"{ofNoise.Distance} and {ofReal.Distance}");
        Assert.InRange(ofReal.Distance, ofReal.Floor / 4, ofReal.Floor * 4); // other images of the same kind
        Assert.InRange(ofReal.Diversity, 1, 3);
        Assert.Contains("Not FID and not the Inception Score", ofReal.Note, StringComparison.Ordinal);
        Assert.Contains("fewer images than features", ofReal.Note, StringComparison.Ordinal);
        Assert.Equal([ofReal.Distance, ofReal.Diversity], ofReal.Table().Rows[0].Values);
        Assert.Equal(100, SampleQuality.Of(judge, SmallImages.Patterns(150, seed: 9), real).Count);
        Assert.Contains("expected at least 10 and 20", Assert.Throws<ArgumentException>(() => SampleQuality.Of(judge, real, SmallImages.Patterns(19))).Message, StringComparison.Ordinal);
        Assert.Contains("the judge takes 1x8x8", Assert.Throws<ArgumentException>(() => SampleQuality.Of(judge, SmallImages.Patterns(30, shape: new(1, 8, 10)), real)).Message, StringComparison.Ordinal);
    }
}
