using Hdge.Training;

namespace Hdge.Tests;

public sealed class PixMixTests
{
    private static readonly PixelScaling s_unit = new() { Mean = [0], StandardDeviation = [1] };

    private static float[] Batch(ImageSet images, AugmentationOptions augmentation, int seed = 3, PixelScaling? scaling = null) =>
        new BatchLoader(images, images.Count, scaling ?? s_unit, augmentation, shuffle: false, seed).Epoch(0).Select(b => b.Pixels.ToArray()).Single();

    [Fact]
    public void MixturesEqualTheirFormulas()
    {
        float[] image = [0, 0.2f, 0.5f, 0.9f, 1], other = [0.3f, 0, 0.5f, 1, 0.1f], sum = [.. image], product = [.. image];
        const float A = 0.8f, B = 0.4f;
        PixMixAugmenter.Add(sum, other, A, B);
        PixMixAugmenter.Multiply(product, other, A, B);
        for (int i = 0; i < image.Length; i++)
        {
            Assert.Equal(Math.Clamp((A * (2 * image[i] - 1) + B * (2 * other[i] - 1) + 1) / 2, 0, 1), sum[i], 1e-6);
            Assert.Equal(Math.Clamp(Math.Pow(2 * image[i], A) * Math.Pow(Math.Max(2 * other[i], 1e-37), B) / 2, 0, 1), product[i], 1e-6);
        }
        float[] divided = [0, 0.5f, 1]; // a weight below 0 on a black pixel stays in range
        PixMixAugmenter.Multiply(divided, new float[] { 0, 0, 0.5f }, 1.2f, -0.4f);
        Assert.All(divided, v => Assert.InRange(v, 0, 1));
    }

    [Fact]
    public void StretchAndEqualizeEqualTheirDefinitions()
    {
        float[] plane = [0.2f, 0.4f, 0.4f, 0.6f], into = new float[4];
        PixelChanges.Stretch(plane, into);
        Assert.Equal([0, 0.5f, 0.5f, 1], into, (a, b) => Math.Abs(a - b) < 1e-6);
        PixelChanges.Equalize(plane, into); // of three values above the lowest level two are not above 0.4
        Assert.Equal([0, 2 / 3f, 2 / 3f, 1], into, (a, b) => Math.Abs(a - b) < 1e-6);
        float[] flat = [0.3f, 0.3f];
        PixelChanges.Stretch(flat, into.AsSpan(0, 2));
        Assert.Equal(flat, into[..2]);
        PixelChanges.Equalize(flat, into.AsSpan(0, 2));
        Assert.Equal(flat, into[..2]);
    }

    [Fact]
    public void ImagesStayInRangeChangeAndTheSeedDecides()
    {
        foreach (var shape in new ImageShape[] { new(3, 8, 8), new(1, 5, 9) })
        {
            var images = SmallImages.Patterns(30, shape: shape);
            var mixing = new AugmentationOptions { PixMix = new() { Pictures = 8 } };
            float[] plain = Batch(images, new()), mixed = Batch(images, mixing);
            Assert.All(mixed, v => Assert.InRange(v, 0, 1));
            Assert.Equal(mixed, Batch(images, mixing)); // whatever the threads did
            Assert.NotEqual(mixed, Batch(images, mixing, seed: 4));
            int changed = Enumerable.Range(0, 30).Count(i => !plain.AsSpan(i * shape.Length, shape.Length).SequenceEqual(mixed.AsSpan(i * shape.Length, shape.Length)));
            Assert.InRange(changed, 15, 30); // one of ten is neither changed nor mixed
            float[] scaled = Batch(images, mixing, scaling: new());
            Assert.Equal(mixed.Select(v => 2 * v - 1), scaled, (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    [Fact]
    public void PicturesAreOfManyKindsAndRepeat()
    {
        byte[][] pictures = MadePictures.Of(new(3, 16, 16), 40, 5), again = MadePictures.Of(new(3, 16, 16), 40, 5);
        Assert.Equal(pictures, again);
        Assert.Equal(40, pictures.Select(p => string.Join(',', p)).Distinct().Count());
        Assert.All(pictures, p => Assert.True(p.Distinct().Count() > 1));
    }

    [Fact]
    public void CutoutClearsASquareThatMayBeCutOff()
    {
        var images = ImageSet.FromSingles(new(2, 10, 8), [.. Enumerable.Repeat(0.5f, 60 * 160)], new int[60], 1);
        float[] cut = Batch(images, new AugmentationOptions { Cutout = 4 });
        var sizes = new HashSet<int>();
        for (int i = 0; i < 60; i++)
        {
            int[] zeros = [.. Enumerable.Range(0, 160).Where(p => cut[i * 160 + p] == 0)];
            int[] rows = [.. zeros.Select(p => p % 80 / 8).Distinct().Order()], columns = [.. zeros.Select(p => p % 8).Distinct().Order()];
            Assert.Equal(2 * rows.Length * columns.Length, zeros.Length); // a rectangle in both channels
            Assert.InRange(rows.Length, 2, 4);
            Assert.InRange(columns.Length, 2, 4);
            Assert.Equal(rows[^1] - rows[0] + 1, rows.Length);
            sizes.Add(zeros.Length);
        }
        Assert.True(sizes.Count > 2);
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        Refused("Cutout is 9, expected 0..8", new AugmentationOptions { Cutout = 9 });
        Refused("Beta is 0.5", new AugmentationOptions { PixMix = new() { Beta = 0.5 } });
        Refused("MostRounds is 0", new AugmentationOptions { PixMix = new() { MostRounds = 0 } });
        var far = ImageSet.FromSingles(new(1, 8, 8), [.. Enumerable.Repeat(7f, 64)], [0], 1);
        Assert.Contains("PixMix needs values of 0..1", Assert.Throws<ArgumentException>(() => Batch(far, new AugmentationOptions { PixMix = new() { Pictures = 1 } })).Message, StringComparison.Ordinal);

        static void Refused(string expected, AugmentationOptions augmentation) =>
            Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(() => (SmallImages.Quick with { Augmentation = augmentation }).Validate(SmallImages.Shape)).Message, StringComparison.Ordinal);
    }
}
