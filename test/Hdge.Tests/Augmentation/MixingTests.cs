namespace Hdge.Tests.Augmentation;

/// <summary>Mixup and CutMix by the papers' formulas, worked out anew from the unmixed images.</summary>
public class MixingTests
{
    private static readonly PixelScaling Unit = new() { Mean = [0], StandardDeviation = [1] };
    private static readonly ImageShape Shape = new(2, 6, 5);

    private static ImageSet Images(int count, bool weighted = false)
    {
        var random = new Random(3);
        var pixels = new float[count * Shape.Length];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = random.NextSingle();
        var images = ImageSet.FromSingles(Shape, pixels, [.. Enumerable.Range(0, count).Select(i => i % 3)], 3);
        return weighted ? images.WithWeights([.. Enumerable.Range(1, count).Select(i => (float)i)]) : images;
    }

    private sealed record Batch(float[] Pixels, float[] Second, long[] Labels, long[] Others, float[] Shares, float[] Weights, bool IsMixed);

    private static List<Batch> Run(ImageSet images, AugmentationOptions augmentation, int views = 1, int epoch = 0, int size = 4) =>
        [.. new BatchLoader(images, size, Unit, augmentation, shuffle: true, seed: 7, views).Epoch(epoch).Select(b =>
            new Batch(b.Pixels.ToArray(), b.SecondPixels.ToArray(), b.Labels.ToArray(), b.OtherLabels.ToArray(), b.Shares.ToArray(), b.Weights.ToArray(), b.IsMixed))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void MixupIsTheConvexCombinationOfTwoImagesAndTheirLabels(int views)
    {
        var images = Images(11);
        var (plain, mixed) = (Run(images, new(), views), Run(images, new() { Mixup = 0.4 }, views));
        Assert.Equal([4, 4, 3], mixed.Select(b => b.Labels.Length));
        Assert.Equal(3, mixed.Select(b => b.Shares[0]).Distinct().Count());
        foreach (var (before, after) in plain.Zip(mixed))
        {
            int count = before.Labels.Length, length = Shape.Length;
            Assert.True(after.IsMixed);
            Assert.Equal(before.Labels, after.Labels);
            Assert.Equal(views * count, after.Shares.Length);
            float share = Assert.Single(after.Shares.Distinct());
            Assert.InRange(share, 0, 1);
            Assert.Equal(Enumerable.Repeat(before.Labels.Reverse(), views).SelectMany(l => l), after.Others);
            for (int i = 0; i < count; i++)
                for (int p = 0; p < length; p++)
                {
                    float Expected(float[] pixels) => share * pixels[i * length + p] + (1 - share) * pixels[(count - 1 - i) * length + p];
                    Assert.Equal(Expected(before.Pixels), after.Pixels[i * length + p], 1e-6f);
                    if (views == 2)
                        Assert.Equal(Expected(before.Second), after.Second[i * length + p], 1e-6f);
                }
        }
    }

    [Fact]
    public void CutMixFillsABoxFromTheOtherImageAndItsAreaIsTheOtherLabelsShare()
    {
        var images = Images(4);
        var plain = Run(images, new());
        var boxes = new HashSet<string>();
        for (int epoch = 0; epoch < 60; epoch++)
        {
            var (before, after) = (Run(images, new(), epoch: epoch).Single(), Run(images, new() { CutMix = 1 }, epoch: epoch).Single());
            int length = Shape.Length, plane = Shape.Height * Shape.Width;
            string? box = null;
            for (int i = 0; i < 4; i++)
                for (int channel = 0; channel < Shape.Channels; channel++)
                {
                    bool[] other = [.. Enumerable.Range(0, plane).Select(p => after.Pixels[i * length + channel * plane + p] != before.Pixels[i * length + channel * plane + p])];
                    for (int p = 0; p < plane; p++)
                        if (other[p])
                            Assert.Equal(before.Pixels[(3 - i) * length + channel * plane + p], after.Pixels[i * length + channel * plane + p]);
                    int[] rows = [.. Enumerable.Range(0, Shape.Height).Where(y => Enumerable.Range(0, Shape.Width).Any(x => other[y * Shape.Width + x]))];
                    int[] columns = [.. Enumerable.Range(0, Shape.Width).Where(x => Enumerable.Range(0, Shape.Height).Any(y => other[y * Shape.Width + x]))];
                    Assert.Equal(rows.Length * columns.Length, other.Count(o => o)); // a rectangle
                    Assert.Equal(1 - (float)(rows.Length * columns.Length) / plane, after.Shares[i], 1e-6f);
                    string found = string.Join(',', rows) + "|" + string.Join(',', columns);
                    Assert.Equal(box ??= found, found); // the same in all images and channels
                }
            boxes.Add(box!);
        }
        Assert.True(boxes.Count > 15, $"{boxes.Count} boxes");
        Assert.Single(plain);
    }

    [Fact]
    public void AMixedImageCountsForEachClassWithTheWeightOfThatClassesImage()
    {
        var images = Images(7, weighted: true);
        foreach (var (before, after) in Run(images, new()).Zip(Run(images, new() { Mixup = 1 })))
        {
            int count = before.Labels.Length;
            double share = Run(Images(7), new() { Mixup = 1 }).First(b => b.Labels.Length == count).Shares[0];
            for (int i = 0; i < count; i++)
            {
                double own = share * before.Weights[i], other = (1 - share) * before.Weights[count - 1 - i];
                Assert.Equal(own + other, after.Weights[i], 1e-5);
                Assert.Equal(own / (own + other), after.Shares[i], 1e-6);
            }
        }
    }

    [Fact]
    public void BothTogetherTakeTurnsAndTheProbabilitySaysHowOften()
    {
        var images = Images(4);
        int mixed = 0, cut = 0;
        for (int epoch = 0; epoch < 400; epoch++)
        {
            var before = Run(images, new(), epoch: epoch).Single();
            var after = Run(images, new() { Mixup = 1, CutMix = 1, MixProbability = 0.5 }, epoch: epoch).Single();
            if (!after.IsMixed)
            {
                Assert.Equal(before.Pixels, after.Pixels);
                Assert.Empty(after.Shares);
                continue;
            }
            mixed++;
            cut += after.Pixels.All(value => before.Pixels.Contains(value)) ? 1 : 0;
        }
        Assert.InRange(mixed, 160, 240);
        Assert.InRange(cut, 60, 140);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(2)]
    public void SharesAreOfTheBetaDistribution(double alpha)
    {
        var mixer = new BatchMixer(Shape, new() { Mixup = alpha });
        var random = new Random(1);
        double[] shares = [.. Enumerable.Range(0, 20_000).Select(_ => mixer.Draw(random).Share)];
        Assert.Equal(0.5, shares.Average(), 0.01);
        Assert.Equal(1 / (4 * (2 * alpha + 1)), shares.Average(s => (s - 0.5) * (s - 0.5)), 0.005); // variance of Beta(α, α)
        Assert.All(Enumerable.Range(0, 2000).Select(_ => new BatchMixer(Shape, new() { Mixup = 1e-4 }).Draw(random).Share), share => Assert.InRange(share, 0, 1));
    }

    [Fact]
    public void RandomErasingFillsARectangleOfTheRightSizeWithRandomLevels()
    {
        ImageShape shape = new(3, 20, 16);
        var scaling = new PixelScaling { Mean = [0.5f], StandardDeviation = [0.25f] };
        var images = ImageSet.FromSingles(shape, [.. Enumerable.Repeat(5f, 50 * shape.Length)], new int[50], 1); // a value that no level has
        var options = new RandomErasingOptions { Probability = 0.7, MinimumArea = 0.1, MaximumArea = 0.3, MinimumAspectRatio = 0.5 };
        int erased = 0, plane = shape.Height * shape.Width;
        for (int epoch = 0; epoch < 20; epoch++)
        {
            float[] pixels = new BatchLoader(images, 50, scaling, new() { Erasing = options }, shuffle: false, seed: 1).Epoch(epoch).Single().Pixels.ToArray();
            for (int i = 0; i < 50; i++)
            {
                int[] places = [.. Enumerable.Range(0, plane).Where(p => pixels[i * shape.Length + p] != 18)]; // (5 − 0.5) / 0.25
                if (places.Length == 0)
                    continue;
                erased++;
                int top = places.Min(p => p / 16), left = places.Min(p => p % 16), height = places.Max(p => p / 16) - top + 1, width = places.Max(p => p % 16) - left + 1;
                Assert.Equal(height * width, places.Length);
                Assert.InRange((double)places.Length / plane, 0.1 - 0.04, 0.3 + 0.04); // sides are rounded
                Assert.InRange((double)height / width, 0.5 * 0.8, 2 / 0.8);
                for (int channel = 0; channel < 3; channel++)
                    foreach (int place in places)
                    {
                        float level = (pixels[i * shape.Length + channel * plane + place] * 0.25f + 0.5f) * 255;
                        Assert.Equal(MathF.Round(level), level, 1e-3f);
                        Assert.InRange(level, -1e-3f, 255.001f);
                    }
            }
        }
        Assert.InRange(erased, 650, 750);
    }

    [Fact]
    public void OneChangeDoesNotMoveTheOthersDraws()
    {
        var images = Images(8);
        var crops = new AugmentationOptions { CropPadding = 2, HorizontalFlip = true };
        float[] plain = Run(images, crops)[0].Pixels, erased = Run(images, crops with { Erasing = new() { Probability = 1 } })[0].Pixels;
        Assert.True(plain.Zip(erased).Count(p => p.First == p.Second) > plain.Length / 2);
        Assert.Equal(Run(images, crops with { Mixup = 1 })[0].Shares, Run(images, crops with { Mixup = 1, Erasing = new() })[0].Shares);
    }

    [Fact]
    public void WhatIsOutOfRangeIsRefused()
    {
        Refused("Mixup is -1, expected a finite number of at least 0", new() { Mixup = -1 });
        Refused("CutMix is NaN, expected", new() { CutMix = double.NaN });
        Refused("MixProbability is 0, expected in (0, 1]", new() { MixProbability = 0 });
        Refused("Probability is 1.5, expected in [0, 1]", new() { Erasing = new() { Probability = 1.5 } });
        Refused("MaximumArea is 0.01, expected in [0.02, 1)", new() { Erasing = new() { MaximumArea = 0.01 } });
        Refused("MinimumAspectRatio is 0, expected in (0, 1]", new() { Erasing = new() { MinimumAspectRatio = 0 } });

        static void Refused(string message, AugmentationOptions options) =>
            Assert.Contains(message, Assert.Throws<ArgumentOutOfRangeException>(() => options.Validate(Shape)).Message, StringComparison.Ordinal);
    }
}
