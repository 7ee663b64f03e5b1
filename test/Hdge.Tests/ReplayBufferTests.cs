using Hdge.Sampling;

namespace Hdge.Tests;

public class ReplayBufferTests
{
    private static readonly ImageShape s_shape = new(2, 1, 3);
    private static readonly PixelScaling s_scaling = new() { Mean = [0.5f, 0.25f], StandardDeviation = [0.5f, 0.1f] };

    private static float[] Values(Tensor images) => images.data<float>().ToArray();

    /// <summary>Images whose every value is their number.</summary>
    private static Tensor Numbered(params float[] numbers) => tensor([.. numbers.SelectMany(n => Enumerable.Repeat(n, s_shape.Length))], [numbers.Length, 2, 1, 3]);

    [Fact]
    public void ItBeginsWithUniformNoiseInTheImagesRange()
    {
        using var buffer = new ReplayBuffer(new(3000, 0, null), s_shape, s_scaling, CPU, 1);
        float[] values = Values(buffer.Images);
        foreach (var (channel, low, high) in new[] { (0, -1f, 1f), (1, -2.5f, 7.5f) })
        {
            var of = values.Where((_, i) => i / 3 % 2 == channel).ToArray();
            Assert.All(of, v => Assert.InRange(v, low, high));
            double width = high - low, error = width / Math.Sqrt(12 * of.Length);
            Assert.InRange(of.Average(), (low + high) / 2 - 4 * error, (low + high) / 2 + 4 * error);
            Assert.InRange(of.Min(), low, low + 0.01 * width);
            Assert.InRange(of.Max(), high - 0.01 * width, high);
        }
    }

    [Fact]
    public void WhatIsStoredIsDrawnAgain()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(new(5, 0, null), s_shape, s_scaling, CPU, 1);
        buffer.Store(Numbered(10, 11, 12, 13, 14), [0, 1, 2, 3, 4]);
        buffer.Store(Numbered(20, 21, 22), [3, 1, 3]); // the last of the same place stays
        float[] holds = [10, 21, 12, 22, 14];
        var (images, places) = buffer.Draw(200, default, 9);
        Assert.Equal(places.SelectMany(p => Enumerable.Repeat(holds[p], s_shape.Length)), Values(images));
        Assert.Equal(5, places.Distinct().Count());
        var (same, samePlaces) = buffer.Draw(200, default, 9);
        Assert.Equal(places, samePlaces);
        Assert.Equal(Values(images), Values(same));
        Assert.NotEqual(places, buffer.Draw(200, default, 10).Places);
    }

    [Fact]
    public void FreshNoiseComesWithItsProbability()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(new(50, 0.05, null), s_shape, new PixelScaling(), CPU, 1);
        buffer.Store(Numbered([.. Enumerable.Repeat(100f, 50)]), [.. Enumerable.Range(0, 50)]);
        int fresh = Values(buffer.Draw(4000, default, 3).Images).Chunk(s_shape.Length).Count(image => image[0] != 100);
        double error = Math.Sqrt(4000 * 0.05 * 0.95);
        Assert.InRange(fresh, 200 - 4 * error, 200 + 4 * error);
        using var always = new ReplayBuffer(new(50, 1, null), s_shape, new PixelScaling(), CPU, 1);
        always.Store(Numbered([.. Enumerable.Repeat(100f, 50)]), [.. Enumerable.Range(0, 50)]);
        Assert.All(Values(always.Draw(300, default, 3).Images), v => Assert.InRange(v, -1, 1));
    }

    [Fact]
    public void ClassesDrawFromTheirOwnPart()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ReplayBuffer(new(10, 0, 3), s_shape, s_scaling, CPU, 1);
        long[] classes = [.. Enumerable.Range(0, 90).Select(i => (long)(i % 3))];
        int[] places = buffer.Draw(90, classes, 4).Places;
        Assert.Equal(classes, places.Select(p => (long)(p / 3)));
        Assert.Equal(9, places.Distinct().Count());
        Assert.Contains("got 0 classes", Assert.Throws<ArgumentException>(() => buffer.Draw(2, default, 4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SizesThatCannotBeAreRefused()
    {
        Assert.Contains("at least 3", Refused(2, 0, 3), StringComparison.Ordinal);
        Assert.Contains("[0, 1]", Refused(10, 1.5, null), StringComparison.Ordinal);
        Assert.Contains("2 GiB", Refused(200_000_000, 0, null), StringComparison.Ordinal);

        static string Refused(int size, double reinit, int? classes) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayBuffer(new(size, reinit, classes), s_shape, new PixelScaling(), CPU, 1)).Message;
    }
}
