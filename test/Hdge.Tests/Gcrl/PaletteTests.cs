using Hdge.Networks;

namespace Hdge.Tests.Gcrl;

/// <summary>Colours of a set, and images in them.</summary>
public sealed class PaletteTests
{
    private static ImageSet Bytes(ImageShape shape, Func<int, byte> pixel, int count = 20) =>
        ImageSet.FromBytes(shape, [.. Enumerable.Range(0, count * shape.Length).Select(pixel)], new int[count], 1);

    private static ImageSet Noise(ImageShape shape, int seed = 1, int count = 20)
    {
        var random = new Random(seed);
        return Bytes(shape, _ => (byte)random.Next(256), count);
    }

    private static ImageSet AsSingles(ImageSet images) =>
        ImageSet.FromSingles(images.Shape, [.. images.Bytes(0, images.Count).ToArray().Select(value => value / 255f)], images.Labels.ToArray(), images.ClassCount);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Few_colours_are_the_palette(int channels)
    {
        var shape = new ImageShape(channels, 6, 6);
        var images = Bytes(shape, i => (byte)(50 * (i * 7919 % 4)));
        var palette = PaletteFitting.Fit(images, 100, 1, 1);
        var found = palette.Colors.Chunk(channels).Where((_, i) => palette.Shares[i] > 0).Select(color => string.Join(",", color.Select(v => Math.Round(v * 255, 9)))).ToHashSet();
        var pixels = Enumerable.Range(0, images.Count).SelectMany(n => Enumerable.Range(0, 36).Select(p => string.Join(",", Enumerable.Range(0, channels).Select(c => images.Bytes(n)[c * 36 + p])))).ToHashSet();
        Assert.Equal(pixels.Order(), found.Order());
        Assert.Equal(100 * channels, palette.Colors.Length);
        Assert.Equal(1, palette.Shares.Sum(), 1e-12);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void Bytes_and_the_same_as_singles_give_the_same_palette_and_colours(int channels, int reduction)
    {
        var images = Noise(new ImageShape(channels, 8, 8));
        Assert.Equal(PaletteFitting.Fit(images, 12, reduction, 5).Colors, PaletteFitting.Fit(AsSingles(images), 12, reduction, 5).Colors);
        var options = new PixelTransformerOptions { Colors = 12, Width = 4, Heads = 1, Blocks = 1, Reduction = reduction };
        var scaling = new PixelScaling { Mean = [0.3f], StandardDeviation = [0.7f] };
        Assert.Equal(Tokens(options, images, scaling), Tokens(options, AsSingles(images), scaling));
    }

    [Fact]
    public void A_pixel_half_way_takes_the_first_colour_as_byte_and_as_single()
    {
        var shape = new ImageShape(1, 1, 3);
        var train = Bytes(shape, i => (byte)(i % 2 == 0 ? 10 : 20));
        var halfway = Bytes(shape, i => (byte)(i % 3 == 0 ? 10 : i % 3 == 1 ? 20 : 15), 1);
        var options = new PixelTransformerOptions { Colors = 2, Width = 4, Heads = 1, Blocks = 1 };
        foreach (var images in new[] { halfway, AsSingles(halfway) })
            Assert.Equal([0L, 1L, 0L], Tokens(options, images, new PixelScaling(), train));
    }

    private static long[] Tokens(PixelTransformerOptions options, ImageSet images, PixelScaling scaling, ImageSet? train = null)
    {
        using var scope = NewDisposeScope();
        using var network = (PixelTransformer)options.Create(images.Shape, 2);
        network.Prepare(train ?? images, scaling, 1);
        var batch = new BatchLoader(images, images.Count, scaling, new AugmentationOptions(), shuffle: false, seed: 0).Epoch(0).Single();
        return network.Tokens(Hdge.Training.DeviceBatch.Of(batch, images.Shape, CPU).Images).data<long>().ToArray();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_palette_is_as_good_as_k_means_makes_it_and_repeats(int channels)
    {
        var images = Noise(new ImageShape(channels, 8, 8), seed: 4);
        var palette = PaletteFitting.Fit(images, 16, 1, 9);
        Assert.Equal(palette.Colors, PaletteFitting.Fit(images, 16, 1, 9).Colors);
        double[] pixels = [.. Enumerable.Range(0, 20).SelectMany(n => Enumerable.Range(0, 64).SelectMany(p => Enumerable.Range(0, channels).Select(c => images.Bytes(n)[c * 64 + p] / 255.0)))];
        double[] weights = [.. Enumerable.Repeat(1.0, 20 * 64)];
        // From a poor start the inertia falls step by step; the palette's is not above where that ends by more than a tenth, and below the start's by far.
        double[] colors = pixels[..(16 * channels)];
        var inertias = new List<double>();
        for (int step = 0; step < 30; step++)
        {
            (_, double inertia, colors) = ColorPalette.Step(pixels, weights, colors, channels);
            inertias.Add(inertia);
        }
        Assert.Equal(inertias.OrderDescending(), inertias);
        double own = ColorPalette.Step(pixels, weights, palette.Colors, channels).Inertia;
        Assert.True(own < 1.1 * inertias[^1] && own < 0.8 * inertias[0], $"inertia {own}, by steps {inertias[0]} to {inertias[^1]}");
        double[] luma = [.. palette.Colors.Chunk(channels).Select(c => channels == 1 ? c[0] : 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2])];
        Assert.Equal(luma.Order(), luma);
    }

    [Fact]
    public void The_mean_over_squares_is_what_is_quantised()
    {
        var images = Bytes(new ImageShape(1, 4, 4), i => (byte)(i % 16 < 8 ? 100 * (i % 2) : 200)); // means 50 above, 200 below
        var options = new PixelTransformerOptions { Colors = 2, Width = 4, Heads = 1, Blocks = 1, Reduction = 2 };
        Assert.Equal([50, 200], PaletteFitting.Fit(images, 2, 2, 0).Colors.Select(v => Math.Round(255 * v, 6)));
        Assert.Equal([0L, 0L, 1L, 1L], Tokens(options, images, new PixelScaling())[..4]);
    }
}
