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

    public static TheoryData<AugmentationOptions> Changes => [new(), new() { CropPadding = 2 }, new() { HorizontalFlip = true, Cutout = 3 }, new() { CropPadding = 3, HorizontalFlip = true, AlternatingFlip = true, Cutout = 4 }];

    /// <summary>What a GPU is told to do with the bytes that it has gives what the processor makes of them, bit by bit; here both are the processor.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public void Images_kept_on_the_device_become_the_same_input(AugmentationOptions augmentation)
    {
        var images = SmallImages.Patterns(37, shape: new ImageShape(2, 8, 10));
        var scaling = new PixelScaling { Mean = [0.5f, 0.25f], StandardDeviation = [0.3f, 2f] };
        using var resident = new Hdge.Training.ResidentImages(images, scaling, augmentation, CPU);
        foreach (int views in new[] { 1, 2 })
            foreach (int epoch in new[] { 0, 3 })
            {
                var told = new BatchLoader(images, 8, scaling, augmentation, shuffle: true, seed: 5, views, withoutPixels: true).Epoch(epoch).Select(batch =>
                {
                    Assert.Equal(0, batch.Pixels.Length);
                    using var scope = NewDisposeScope();
                    var (input, targets) = resident.Batch(batch, labelSmoothing: 0);
                    return (Pixels: input.data<float>().ToArray(), Labels: targets.Labels.data<long>().ToArray());
                }).ToList();
                var made = new BatchLoader(images, 8, scaling, augmentation, shuffle: true, seed: 5, views).Epoch(epoch).Select(batch =>
                    (Pixels: (float[])[.. batch.Pixels, .. batch.SecondPixels], Labels: Enumerable.Repeat(batch.Labels.ToArray(), views).SelectMany(l => l).ToArray())).ToList();
                Assert.Equal(made.Select(b => b.Pixels), told.Select(b => b.Pixels));
                Assert.Equal(made.Select(b => b.Labels), told.Select(b => b.Labels));
            }
        Assert.False(Hdge.Training.ResidentImages.Fit(images, augmentation, CPU));
        Assert.False(BatchLoader.CanLeaveOutPixels(images, new() { Views = new() }));
    }

    [Fact]
    public void An_alternating_flip_mirrors_half_of_the_images_and_the_other_half_next_time()
    {
        var shape = new ImageShape(1, 1, 2);
        var images = ImageSet.FromBytes(shape, [.. Enumerable.Range(0, 400).SelectMany(_ => new byte[] { 0, 255 })], new int[400], 1);
        var options = new AugmentationOptions { HorizontalFlip = true, AlternatingFlip = true };
        bool[] Mirrored(int epoch) => [.. new BatchLoader(images, 400, Unit, options, shuffle: false, seed: epoch).Epoch(epoch).Single().Pixels.ToArray().Where((_, i) => i % 2 == 0).Select(v => v == 1)];
        Assert.InRange(Mirrored(0).Count(m => m), 160, 240);
        Assert.Equal(Mirrored(0), Mirrored(1).Select(m => !m));
        Assert.Equal(Mirrored(0), Mirrored(2));
        Assert.DoesNotContain(true, new BatchLoader(images, 400, Unit, options with { HorizontalFlip = false }, shuffle: false, seed: 1).Epoch(0).Single().Pixels.ToArray().Where((_, i) => i % 2 == 0).Select(v => v == 1));
    }

    [Fact]
    public void A_cutout_is_a_square_of_zeros_whose_centre_is_anywhere()
    {
        var shape = new ImageShape(2, 9, 9);
        var images = ImageSet.FromBytes(shape, [.. Enumerable.Repeat((byte)255, 300 * shape.Length)], new int[300], 1);
        var batch = new BatchLoader(images, 300, Unit, new AugmentationOptions { Cutout = 4 }, shuffle: false, seed: 1).Epoch(0).Single();
        int whole = 0;
        for (int i = 0; i < 300; i++)
        {
            var planes = batch.Pixels.Slice(i * shape.Length, shape.Length).ToArray().Chunk(81).ToArray();
            Assert.Equal(planes[0], planes[1]);
            int[] cut = [.. Enumerable.Range(0, 81).Where(p => planes[0][p] == 0)];
            int[] ys = [.. cut.Select(p => p / 9).Distinct()], xs = [.. cut.Select(p => p % 9).Distinct()];
            Assert.Equal(cut.Length, ys.Length * xs.Length);
            Assert.InRange(ys.Length, 2, 4);
            whole += cut.Length == 16 ? 1 : 0;
        }
        Assert.InRange(whole, 80, 200); // 36 of 81 places
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
