using Hdge.Data;
using Hdge.Cli.Evaluation;

namespace Hdge.Cli.Tests;

public sealed class UnknownSetTests : IDisposable
{
    private static readonly ImageShape s_shape = new(1, 8, 8);
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Interp_is_the_mean_of_two_different_images()
    {
        byte[] pixels = [.. Enumerable.Range(0, 4 * s_shape.Length).Select(i => (byte)(i / s_shape.Length * 50))];
        var known = ImageSet.FromBytes(s_shape, pixels, [0, 1, 2, 1], 3);
        var between = UnknownSets.Between(known);
        // Half of the set lies between the two: 0 with 100, 50 with 150, and round.
        float[] expected = [50 / 255f, 100 / 255f, 50 / 255f, 100 / 255f];
        for (int i = 0; i < 4; i++)
            Assert.All(between.Singles(i).ToArray(), v => Assert.Equal(expected[i], v, 1e-6f));
        Assert.Throws<InvalidDataException>(() => UnknownSets.Between(known.Take(1)));
    }

    [Fact]
    public void Noise_has_its_deviation_in_units_of_network_input()
    {
        var grey = ImageSet.FromBytes(s_shape, [.. Enumerable.Repeat((byte)51, 400 * s_shape.Length)], new int[400], 3);
        var scaling = new PixelScaling { Mean = [0.5f], StandardDeviation = [0.25f] };
        var noisy = UnknownSets.WithNoise(grey, scaling, 0.4, seed: 3);
        double[] input = [.. noisy.Singles(0, noisy.Count).ToArray().Select(v => (v - 0.5) / 0.25)];
        double mean = input.Average(), deviation = Math.Sqrt(input.Average(v => (v - mean) * (v - mean)));
        double error = 0.4 / Math.Sqrt(input.Length);
        Assert.InRange(mean, (0.2 - 0.5) / 0.25 - 5 * error, (0.2 - 0.5) / 0.25 + 5 * error);
        Assert.InRange(deviation, 0.4 - 5 * error, 0.4 + 5 * error);
        Assert.Equal(noisy.Singles(7).ToArray(), UnknownSets.WithNoise(grey, scaling, 0.4, seed: 3).Singles(7).ToArray());
        Assert.NotEqual(noisy.Singles(7).ToArray(), UnknownSets.WithNoise(grey, scaling, 0.4, seed: 4).Singles(7).ToArray());
        Assert.Same(grey, UnknownSets.WithNoise(grey, scaling, 0, seed: 3));
    }

    [Fact]
    public void Sets_are_read_by_name_and_checked()
    {
        var known = ImageSet.FromBytes(s_shape, new byte[2 * s_shape.Length], [0, 1], 2);
        string folder = _files.Idx("letters", 0, 6, labels: false), file = _files.Cifar("svhn.bin", 1, 0);
        var sets = UnknownSets.Read(["letters=" + folder, "interp"], known, 4);
        Assert.Equal([("letters", 4), ("interp", 2)], sets.Select(s => (s.Name, s.Data.Count)));
        Assert.Contains("svhn", Assert.Throws<InvalidDataException>(() => UnknownSets.Read(["svhn=" + file], known, null)).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => UnknownSets.Read(["interp", "interp"], known, null)).Message, StringComparison.Ordinal);
        Assert.Contains("'svhn'", Assert.Throws<ArgumentException>(() => UnknownSets.Read(["svhn"], known, null)).Message, StringComparison.Ordinal);
    }
}
