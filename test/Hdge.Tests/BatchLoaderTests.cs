namespace Hdge.Tests;

public class BatchLoaderTests
{
    private static readonly PixelScaling Unit = new() { Mean = [0], StandardDeviation = [1] };

    private static List<(long[] Labels, float[] Pixels)> Run(BatchLoader loader, int epoch, Action? between = null)
    {
        var batches = new List<(long[], float[])>();
        foreach (var batch in loader.Epoch(epoch))
        {
            batches.Add((batch.Labels.ToArray(), batch.Pixels.ToArray()));
            between?.Invoke();
        }
        return batches;
    }

    [Fact]
    public void AnEpochHoldsEveryImageOnceAndTheSeedDecidesWhateverTheTiming()
    {
        var images = SmallImages.Patterns(101);
        var augmentation = new AugmentationOptions { CropPadding = 2, HorizontalFlip = true };
        var loader = new BatchLoader(images, 16, Unit, augmentation, shuffle: true, seed: 3);
        var quick = Run(loader, 4);
        var slow = Run(new BatchLoader(images, 16, Unit, augmentation, shuffle: true, seed: 3), 4, () => Thread.Sleep(5));
        Assert.Equal(quick.Select(b => b.Pixels), slow.Select(b => b.Pixels));
        Assert.Equal([16, 16, 16, 16, 16, 16, 5], quick.Select(b => b.Labels.Length));
        Assert.Equal(images.Labels.ToArray().Order().Select(l => (long)l), quick.SelectMany(b => b.Labels).Order());
        Assert.NotEqual(quick[0].Pixels, Run(loader, 5)[0].Pixels);
        Assert.NotEqual(quick[0].Pixels, Run(new BatchLoader(images, 16, Unit, augmentation, shuffle: true, seed: 4), 4)[0].Pixels);
    }

    [Fact]
    public void WithoutShuffleAndAugmentationItGivesTheScaledImagesInOrder()
    {
        var images = SmallImages.Patterns(5, shape: new ImageShape(2, 8, 8));
        var scaling = new PixelScaling { Mean = [0.5f, 0.25f], StandardDeviation = [0.5f, 2f] };
        var batch = Run(new BatchLoader(images, 5, scaling, new AugmentationOptions(), shuffle: false, seed: 0), 0).Single();
        for (int i = 0; i < batch.Pixels.Length; i++)
        {
            bool second = i % images.Shape.Length >= 64;
            float expected = (images.Bytes(0, 5)[i] / 255f - (second ? 0.25f : 0.5f)) / (second ? 2f : 0.5f);
            Assert.Equal(expected, batch.Pixels[i], 1e-6f);
        }
    }

    [Fact]
    public void EveryAugmentedImageIsAReflectedCropOrItsMirrorImage()
    {
        const int Padding = 3;
        var images = SmallImages.Patterns(1);
        byte[] source = images.Bytes(0).ToArray();
        var possible = new HashSet<string>();
        for (int down = -Padding; down <= Padding; down++)
            for (int right = -Padding; right <= Padding; right++)
                foreach (bool flip in new[] { false, true })
                    possible.Add(string.Join(' ', Enumerable.Range(0, 64).Select(p => source[Mirror(p / 8 + down) * 8 + Mirror((flip ? 7 - p % 8 : p % 8) + right)])));
        var loader = new BatchLoader(images, 1, Unit, new AugmentationOptions { CropPadding = Padding, HorizontalFlip = true }, shuffle: true, seed: 1);
        var seen = new HashSet<string>();
        for (int epoch = 0; epoch < 400; epoch++)
            seen.Add(string.Join(' ', Run(loader, epoch).Single().Pixels.Select(v => (byte)MathF.Round(v * 255))));
        Assert.Subset(possible, seen);
        Assert.True(seen.Count > 0.9 * possible.Count, $"{seen.Count} of {possible.Count} crops and flips were seen");

        static int Mirror(int at) => at < 0 ? -at : at > 7 ? 14 - at : at;
    }

    [Fact]
    public void TheSecondViewIsAnotherDrawOfTheSameImages()
    {
        var images = SmallImages.Patterns(20);
        var augmentation = new AugmentationOptions { CropPadding = 2 };
        var one = new BatchLoader(images, 8, Unit, augmentation, shuffle: true, seed: 3);
        float[][] first = [.. Run(one, 1).Select(b => b.Pixels)];
        float[][][] Both() => [.. new BatchLoader(images, 8, Unit, augmentation, shuffle: true, seed: 3, views: 2).Epoch(1).Select(b => new[] { b.Pixels.ToArray(), b.SecondPixels.ToArray() })];
        Assert.All(one.Epoch(1), b => Assert.Equal(0, b.SecondPixels.Length));
        Assert.Equal(first, Both().Select(b => b[0]));
        Assert.Equal(Both(), Both());
        Assert.All(Both(), b => Assert.NotEqual(b[0], b[1]));
        Assert.Equal([512, 512, 256], Both().Select(b => b[1].Length));

        // Without augmentation both views are the images themselves, in the same order.
        var plain = new BatchLoader(images, 8, Unit, new AugmentationOptions(), shuffle: true, seed: 3, views: 2);
        Assert.All(plain.Epoch(0), b => Assert.Equal(b.Pixels.ToArray(), b.SecondPixels.ToArray()));
        Assert.Contains("views is 3", Assert.Throws<ArgumentOutOfRangeException>(() => new BatchLoader(images, 8, Unit, augmentation, true, 3, views: 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACancelledEpochStopsAndTheNextOneRuns()
    {
        var loader = new BatchLoader(SmallImages.Patterns(64), 4, Unit, new AugmentationOptions(), shuffle: true, seed: 1);
        using var source = new CancellationTokenSource();
        int batches = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var _ in loader.Epoch(0, source.Token))
                if (++batches == 3)
                    source.Cancel();
        });
        Assert.Equal(3, batches);
        Assert.Equal(16, Run(loader, 0).Count);
    }
}
