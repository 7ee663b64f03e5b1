namespace Hdge.Tests;

public class ViewAugmentationTests
{
    private static readonly PixelScaling Unit = new() { Mean = [0], StandardDeviation = [1] };

    /// <summary>Options that change nothing.</summary>
    private static readonly ViewAugmentationOptions Plain = new()
    {
        MinimumCropArea = 1,
        MinimumAspectRatio = 1,
        MaximumAspectRatio = 1,
        HorizontalFlip = false,
        ColorJitterProbability = 0,
        GrayscaleProbability = 0,
    };

    private static float[] View(ImageSet images, ViewAugmentationOptions options, int seed = 0, PixelScaling? scaling = null)
    {
        var view = new float[images.Count * images.Shape.Length];
        new ViewAugmenter(images, scaling ?? Unit, options).Fill(view, Enumerable.Range(0, images.Count).ToArray(), 0, new Random(seed));
        return view;
    }

    private static ImageSet Single(ImageShape shape, params byte[] pixels) => ImageSet.FromBytes(shape, pixels, [0], 2);

    [Fact]
    public void AFullWindowWithoutChangesIsTheScaledImageFromBytesAndFromSingles()
    {
        var bytes = SmallImages.Patterns(5, shape: new ImageShape(2, 8, 8));
        byte[] values = bytes.Bytes(0, 5).ToArray();
        var singles = ImageSet.FromSingles(bytes.Shape, [.. values.Select(b => b / 255f)], bytes.Labels.ToArray(), 3);
        var scaling = new PixelScaling { Mean = [0.5f, 0.25f], StandardDeviation = [0.5f, 2f] };
        float[] fromBytes = View(bytes, Plain, scaling: scaling), fromSingles = View(singles, Plain, scaling: scaling);
        for (int i = 0; i < values.Length; i++)
        {
            bool second = i % 128 >= 64;
            float expected = (values[i] / 255f - (second ? 0.25f : 0.5f)) / (second ? 2f : 0.5f);
            Assert.Equal(expected, fromBytes[i], 1e-6f);
            Assert.Equal(expected, fromSingles[i], 1e-6f);
        }
    }

    [Fact]
    public void ACropIsEnlargedBilinearly()
    {
        // Half of a 2x4 image's area at width / height 1 is a 2x2 window: the left, the middle or the right one.
        var image = Single(new ImageShape(1, 2, 4), 0, 40, 80, 120, 100, 140, 180, 220);
        var options = Plain with { MinimumCropArea = 0.5, MaximumCropArea = 0.5 };
        var expected = new[] { 0, 40, 80 }.Select(left => string.Join(' ', new[] { 0, 10, 30, 40 }.Concat([100, 110, 130, 140]).Select(v => v + left)));
        var seen = Enumerable.Range(0, 50).Select(seed => string.Join(' ', View(image, options, seed).Select(v => MathF.Round(v * 255, 3)))).Distinct();
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AFlipReadsTheRowsBackwardsHalfOfTheTime()
    {
        var image = Single(new ImageShape(1, 2, 2), 10, 20, 30, 40);
        var seen = Enumerable.Range(0, 400).Select(seed => string.Join(' ', View(image, Plain with { HorizontalFlip = true }, seed).Select(v => MathF.Round(v * 255)))).GroupBy(v => v).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(["10 20 30 40", "20 10 40 30"], seen.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(seen["20 10 40 30"], 150, 250);
    }

    [Theory]
    [InlineData(32, 32)]
    [InlineData(28, 40)]
    [InlineData(8, 100)]
    public void WindowsLieInsideTheImageWithAreaAndRatioInRange(int height, int width)
    {
        var shape = new ImageShape(3, height, width);
        var options = new ViewAugmentationOptions();
        var random = new Random(3);
        var windows = Enumerable.Range(0, 5000).Select(_ => CropWindow.Draw(shape, options, random)).ToList();
        Assert.All(windows, w =>
        {
            Assert.True(w.Top >= 0 && w.Left >= 0 && w.Height >= 1 && w.Width >= 1 && w.Top + w.Height <= height && w.Left + w.Width <= width, $"{w} leaves the image");
            // Each side was rounded to a whole pixel.
            Assert.InRange((double)w.Width / w.Height, 0.75 * (w.Width - 0.5) / w.Width * w.Height / (w.Height + 0.5), 4.0 / 3 * (w.Width + 0.5) / w.Width * w.Height / (w.Height - 0.5));
        });
        var areas = windows.Select(w => (double)w.Height * w.Width / (height * width)).ToList();
        if (height == width)
        {
            Assert.InRange(areas.Min(), 0.17, 0.22);
            Assert.InRange(areas.Max(), 0.97, 1);
            Assert.InRange(areas.Average(), 0.52, 0.6); // 0.6 if every draw fitted; the largest ones often do not
        }
        if (width > 4 * height)
            return; // none fits: all are in the middle
        Assert.Equal(0, windows.Min(w => w.Left));
        Assert.Equal(width, windows.Max(w => w.Left + w.Width));
    }

    [Fact]
    public void AWindowThatCannotFitIsTheLargestInTheMiddle() =>
        Assert.Equal(new CropWindow(0, 35, 20, 30), CropWindow.Draw(new ImageShape(1, 20, 100), new ViewAugmentationOptions { MinimumCropArea = 1, MinimumAspectRatio = 1, MaximumAspectRatio = 1.5 }, new Random(1)));

    [Fact]
    public void GreyIsTheLuma()
    {
        var image = Single(new ImageShape(3, 1, 2), 255, 10, 0, 20, 0, 30);
        float[] view = View(image, Plain with { GrayscaleProbability = 1, MinimumAspectRatio = 2, MaximumAspectRatio = 2 });
        float luma = (0.299f * 10 + 0.587f * 20 + 0.114f * 30) / 255;
        Assert.All(Enumerable.Range(0, 3), c =>
        {
            Assert.Equal(0.299f, view[2 * c], 1e-6f);
            Assert.Equal(luma, view[2 * c + 1], 1e-6f);
        });
    }

    [Fact]
    public void BrightnessContrastAndSaturationBlendAndClamp()
    {
        float[] pixels = [0.2f, 0.8f, 0.4f, 0.6f, 0.9f, 0.1f]; // two pixels: (0.2, 0.4, 0.9) and (0.8, 0.6, 0.1)
        double first = 0.299 * 0.2 + 0.587 * 0.4 + 0.114 * 0.9, second = 0.299 * 0.8 + 0.587 * 0.6 + 0.114 * 0.1;
        foreach (float factor in new[] { 0, 0.6f, 1, 1.4f })
        {
            Check(v => ColorChanges.Brightness(v, factor), (_, v) => v * factor);
            Check(v => ColorChanges.Contrast(v, colors: true, factor), (_, v) => factor * v + (1 - factor) * (first + second) / 2);
            Check(v => ColorChanges.Contrast(v, colors: false, factor), (_, v) => factor * v + (1 - factor) * 0.5);
            Check(v => ColorChanges.Saturation(v, factor), (i, v) => factor * v + (1 - factor) * (i % 2 == 0 ? first : second));
        }

        void Check(Change change, Func<int, double, double> expected)
        {
            float[] changed = [.. pixels];
            change(changed);
            for (int i = 0; i < pixels.Length; i++)
                Assert.Equal(Math.Clamp(expected(i, pixels[i]), 0, 1), changed[i], 1e-6);
        }
    }

    private delegate void Change(Span<float> image);

    [Fact]
    public void HueTurnsAsInHsv()
    {
        const int N = 500;
        var random = new Random(2);
        float[] pixels = [.. Enumerable.Range(0, 3 * N).Select(_ => random.Next(6) / 5f)]; // ties between channels, greys and black among them
        foreach (float turns in new[] { -0.5f, -0.1f, 0, 1 / 3f, 0.37f })
        {
            float[] turned = [.. pixels];
            ColorChanges.Hue(turned, turns);
            for (int i = 0; i < N; i++)
            {
                var (hue, saturation, value) = ToHsv(pixels[i], pixels[N + i], pixels[2 * N + i]);
                var (red, green, blue) = FromHsv(hue + turns, saturation, value);
                Assert.Equal(red, turned[i], 1e-5);
                Assert.Equal(green, turned[N + i], 1e-5);
                Assert.Equal(blue, turned[2 * N + i], 1e-5);
            }
        }

        // The textbook's conversion: by sectors of the colour circle.
        static (double H, double S, double V) ToHsv(double r, double g, double b)
        {
            double max = Math.Max(r, Math.Max(g, b)), range = max - Math.Min(r, Math.Min(g, b));
            double degrees = range == 0 ? 0 : max == r ? 60 * ((g - b) / range) : max == g ? 60 * ((b - r) / range) + 120 : 60 * ((r - g) / range) + 240;
            return (degrees / 360, max == 0 ? 0 : range / max, max);
        }

        static (double R, double G, double B) FromHsv(double h, double s, double v)
        {
            h = (h - Math.Floor(h)) * 6;
            int sector = (int)h % 6;
            double f = h - Math.Floor(h), p = v * (1 - s), q = v * (1 - s * f), t = v * (1 - s * (1 - f));
            return sector switch { 0 => (v, t, p), 1 => (q, v, p), 2 => (p, v, t), 3 => (p, q, v), 4 => (t, p, v), _ => (v, p, q) };
        }
    }

    [Fact]
    public void TheJitterDrawsItsFactorsFromTheirRangesAndKeepsWithin0And1()
    {
        // One grey pixel: only brightness shows. The factors fill 1 ± 0.4, and one image in five stays.
        var grey = Single(new ImageShape(1, 1, 1), 102);
        var options = Plain with { ColorJitterProbability = 0.8 };
        var factors = Enumerable.Range(0, 2000).Select(seed => View(grey, options, seed)[0] / 0.4f).ToList();
        Assert.InRange(factors.Min(), 0.6 - 1e-5, 0.602);
        Assert.InRange(factors.Max(), 1.398, 1.4 + 1e-5);
        Assert.InRange(factors.Count(f => Math.Abs(f - 1) < 1e-6), 340, 460);
        Assert.InRange(factors.Average(), 0.98, 1.02);

        var colours = SmallImages.Patterns(200, shape: new ImageShape(3, 8, 8));
        Assert.All(View(colours, new ViewAugmentationOptions { Brightness = 1, Contrast = 1, Saturation = 1, Hue = 0.5 }), v => Assert.InRange(v, 0, 1));
    }

    [Fact]
    public void TwoViewsDifferAndTheSeedDecidesBoth()
    {
        var images = SmallImages.Patterns(40, shape: new ImageShape(3, 8, 8));
        var augmentation = new AugmentationOptions { Views = new ViewAugmentationOptions() };
        float[][][] Run(int seed, int epoch) => [.. new BatchLoader(images, 16, Unit, augmentation, shuffle: true, seed, views: 2).Epoch(epoch).Select(b => new[] { b.Pixels.ToArray(), b.SecondPixels.ToArray() })];
        Assert.Equal(Run(1, 0), Run(1, 0));
        Assert.NotEqual(Run(1, 0), Run(1, 1));
        Assert.NotEqual(Run(1, 0), Run(2, 0));
        foreach (float[][] views in Run(1, 0))
            for (int i = 0; i < views[0].Length / 192; i++)
                Assert.NotEqual(views[0].AsSpan(i * 192, 192).ToArray(), views[1].AsSpan(i * 192, 192).ToArray());
    }

    [Fact]
    public void BadOptionsAndValuesAreRefused()
    {
        Refused(new ViewAugmentationOptions { MinimumCropArea = 0 }, "MinimumCropArea is 0");
        Refused(new ViewAugmentationOptions { MinimumCropArea = 0.5, MaximumCropArea = 0.4 }, "MaximumCropArea is 0.4, expected in [0.5, 1]");
        Refused(new ViewAugmentationOptions { MaximumAspectRatio = 0.5 }, "MaximumAspectRatio is 0.5");
        Refused(new ViewAugmentationOptions { Hue = 0.6 }, "Hue is 0.6");
        Refused(new ViewAugmentationOptions { GrayscaleProbability = double.NaN }, "GrayscaleProbability is NaN");
        Assert.Contains("CropPadding is 4, expected 0", Assert.Throws<ArgumentOutOfRangeException>(() => new AugmentationOptions { Views = Plain, CropPadding = 4 }.Validate(new ImageShape(3, 8, 8))).Message, StringComparison.Ordinal);
        var wide = ImageSet.FromSingles(new ImageShape(1, 1, 2), [0, 1, 0.5f, 7], [0, 1], 2);
        Assert.Contains("Image 1 holds 7", Assert.Throws<ArgumentException>(() => View(wide, Plain)).Message, StringComparison.Ordinal);

        static void Refused(ViewAugmentationOptions options, string says) =>
            Assert.Contains(says, Assert.Throws<ArgumentOutOfRangeException>(() => new AugmentationOptions { Views = options }.Validate(new ImageShape(3, 8, 8))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingIsAllocatedAnImage()
    {
        var images = SmallImages.Patterns(100, shape: new ImageShape(3, 8, 8));
        var augmenter = new ViewAugmenter(images, Unit, new ViewAugmentationOptions());
        var (view, indices, random) = (new float[100 * 192], Enumerable.Range(0, 100).ToArray(), new Random(1));
        for (int i = 0; i < 50; i++)
            augmenter.Fill(view, indices, 0, random);
        long before = GC.GetAllocatedBytesForCurrentThread();
        augmenter.Fill(view, indices, 0, random);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }
}
