using System.Buffers.Binary;
using Hdge.Networks;
using Hdge.Sampling;

namespace Hdge.Tests;

public class SampleTests
{
    [Fact]
    public void ChainsWithoutNoiseEndAtTheModesOfTheirClasses()
    {
        var shape = new ImageShape(3, 2, 2);
        using var model = new HdgeModel(new QuadraticNetwork(shape, 0.5, -0.6, 0.2, 5), new PixelScaling { Mean = [0.5f, 0.5f, 0.45f] }, CPU);
        var told = new List<double>();
        var images = model.Sample(new SampleOptions { Count = 7, BatchSize = 3, Classes = [0, 1, 2], Chain = new SgldOptions { Steps = 40, StepSize = 0.1, Noise = 0 } }, told.Add);
        Assert.Equal([0, 1, 2, 0, 1, 2, 0], images.Labels.ToArray());
        for (int i = 0; i < 7; i++)
        {
            double mode = new[] { -0.6, 0.2, 5 }[i % 3];
            for (int p = 0; p < 12; p++)
                Assert.Equal((byte)Math.Round(255 * Math.Clamp(mode * 0.5 + (p < 8 ? 0.5 : 0.45), 0, 1)), images.Bytes(i)[p]);
        }
        Assert.Equal(120, told.Count);
        Assert.Equal(Enumerable.Range(1, 120).Select(i => i / 120.0), told);
        // Drawn from log q(x): each chain goes to one of the classes, and says which.
        var any = model.Sample(new SampleOptions { Count = 20, Chain = new SgldOptions { Steps = 60, StepSize = 0.1, Noise = 0 } });
        for (int i = 0; i < 20; i++)
            Assert.Equal((byte)Math.Round(255 * (new[] { -0.6, 0.2 }[any.Labels[i]] * 0.5 + 0.5)), any.Bytes(i)[0]);
    }

    [Fact]
    public void TheSeedDecidesAndTheNetworkFindsItsSamplesMoreLikelyThanNoise()
    {
        using var model = new HdgeModel(new WideResNetOptions { Normalization = Normalization.None }.Create(SmallImages.Shape, 3, 3), new PixelScaling(), CPU);
        var options = new SampleOptions { Count = 12, Seed = 4, Chain = new SgldOptions { Steps = 25 } };
        var one = model.Sample(options);
        Assert.Equal(one.Bytes(0, 12).ToArray(), model.Sample(options).Bytes(0, 12).ToArray());
        Assert.NotEqual(one.Bytes(0, 12).ToArray(), model.Sample(options with { Seed = 5 }).Bytes(0, 12).ToArray());
        var start = model.Sample(options with { Chain = options.Chain with { Steps = 0 } });
        Assert.True(model.Score(one).LogDensity.Average() > model.Score(start).LogDensity.Average());
        var png = ImageGrid.ToPng(one, columns: 4, padding: 1).AsSpan();
        Assert.Equal((4 * 9 + 1, 3 * 9 + 1), (BinaryPrimitives.ReadInt32BigEndian(png[16..]), BinaryPrimitives.ReadInt32BigEndian(png[20..])));
    }

    [Fact]
    public void BadOptionsAndEndlessStepsAreRefusedAndCancellationStops()
    {
        using var model = new HdgeModel(new QuadraticNetwork(SmallImages.Shape, 0.01, 0, 0), new PixelScaling(), CPU);
        foreach (var (bad, name) in new (SampleOptions, string)[] { (new() { Count = 0 }, "Count"), (new() { BatchSize = 0 }, "BatchSize"), (new() { Classes = [2] }, "Classes"), (new() { Classes = [] }, "Classes") })
            Assert.StartsWith(name + " is", Assert.Throws<ArgumentOutOfRangeException>(() => model.Sample(bad)).Message, StringComparison.Ordinal);
        var wild = new SampleOptions { Chain = new SgldOptions { Steps = 100, StepSize = 1e9, ClampToRange = false } };
        Assert.Contains("diverged", Assert.Throws<InvalidOperationException>(() => model.Sample(wild)).Message, StringComparison.Ordinal);
        using var source = new CancellationTokenSource();
        int steps = 0;
        Assert.Throws<OperationCanceledException>(() => model.Sample(new SampleOptions(), _ => { if (++steps == 5) source.Cancel(); }, source.Token));
        Assert.Equal(5, steps);
    }
}
