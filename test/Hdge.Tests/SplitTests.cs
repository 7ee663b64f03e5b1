using Hdge.Training;

namespace Hdge.Tests;

/// <summary>Held-out images: quotas that add up, and what the log says where there are few or none.</summary>
public class SplitTests
{
    [Fact]
    public void B7_FiveImagesAClassAreSplitToo()
    {
        foreach (int seed in Enumerable.Range(0, 20))
            Assert.Equal(5, Set(5, 5, 5, 5, 5, 5, 5, 5, 5, 5).Split(0.1, seed).HeldOut.Count); // of 50 images
        Assert.Equal(2, Set(5, 5, 5).Split(0.1, 1).HeldOut.Count);
        Assert.Equal(1, Set(5, 5).Split(0.1, 1).HeldOut.Count);
        // Which classes give is up to the seed.
        Assert.True(Enumerable.Range(0, 20).Select(seed => Set(5, 5).Split(0.1, seed).HeldOut.Labels[0]).Distinct().Count() == 2);
    }

    [Fact]
    public void B7_QuotasAddUpAndNoClassGivesAllItsImages()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 300; trial++)
        {
            int[] sizes = [.. Enumerable.Range(0, random.Next(2, 12)).Select(_ => random.Next(0, 20))];
            double fraction = random.Next(0, 50) / 100.0;
            var set = Set(sizes);
            var (train, heldOut) = set.Split(fraction, trial);
            double shared = sizes.Where(n => n > 1).Sum() * fraction;
            Assert.Equal((int)Math.Round(shared, MidpointRounding.AwayFromZero), heldOut.Count);
            Assert.Equal(heldOut.Count, set.HeldOutCount(fraction));
            Assert.Equal(set.Count, train.Count + heldOut.Count);
            for (int c = 0; c < sizes.Length; c++)
            {
                int given = heldOut.Labels.ToArray().Count(l => l == c);
                Assert.True(Math.Abs(given - sizes[c] * fraction) < 1 || sizes[c] == 1);
                Assert.True(given < sizes[c] || sizes[c] == 0);
            }
        }
        Assert.Equal(8, Set(5, 5).Split(0.99, 1).HeldOut.Count);
        Assert.Equal(0, Set(1, 1, 1, 1, 1).Split(0.5, 1).HeldOut.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Set(5).HeldOutCount(1));
    }

    [Theory]
    [InlineData(12, 0.01, "No image could be held out")]
    [InlineData(60, 0.5, "Only 30 images are held out")]
    [InlineData(198, 0.5, "Only 99 images are held out")]
    [InlineData(201, 0.5, null)]
    [InlineData(60, 0, null)]
    public void B8_TheLogTellsOfFewHeldOutImages(int images, double fraction, string? expected)
    {
        var log = new List<string>();
        using var model = ModelTrainer.Train(SmallImages.Patterns(images), SmallImages.Quick with { Epochs = 2, BatchSize = 32, ValidationFraction = fraction }, new TrainingCallbacks { Log = log.Add });
        if (expected is null)
            Assert.Empty(log);
        else
            Assert.StartsWith(expected, Assert.Single(log), StringComparison.Ordinal);
        Assert.Equal(expected is not null && expected.StartsWith("No", StringComparison.Ordinal) || fraction == 0, model.PredictionSets is null);
    }

    private static ImageSet Set(params int[] sizes)
    {
        int[] labels = [.. sizes.SelectMany((n, c) => Enumerable.Repeat(c, n))];
        return ImageSet.FromBytes(new ImageShape(1, 1, 1), new byte[labels.Length], labels, sizes.Length);
    }
}
