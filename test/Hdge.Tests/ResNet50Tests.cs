using Hdge.Networks;

namespace Hdge.Tests;

public class ResNet50Tests
{
    private static readonly ImageShape Cifar = new(3, 32, 32);

    private static long Elements(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>The network's table in He et al. 2016, multiplied out by hand: convolutions without bias, two numbers a normalised channel, one linear layer.</summary>
    private static long Expected(int channels, int classes)
    {
        long sum = channels * 64 * 9 + 2 * 64;
        sum += Stage(64, 64, 3) + Stage(256, 128, 4) + Stage(512, 256, 6) + Stage(1024, 512, 3);
        return sum + 2048 * classes + classes;

        static long Stage(long from, long width, int blocks)
        {
            long wide = 4 * width;
            long Block(long entering) => entering * width + 9 * width * width + width * wide + 2 * (width + width + wide);
            return Block(from) + from * wide + 2 * wide + (blocks - 1) * Block(wide);
        }
    }

    [Theory]
    [InlineData(3, 10, 23_520_842)]
    [InlineData(3, 100, 23_705_252)]
    [InlineData(1, 10, 23_519_690)]
    public void ParameterCountsAreThoseOfThePaper(int channels, int classes, long expected)
    {
        Assert.Equal(expected, Expected(channels, classes));
        var learned = new ResNet50Options().WeightShapes(new ImageShape(channels, 32, 32), classes)
            .Where(w => !w.Name.Contains("running", StringComparison.Ordinal) && w.Shape.Length > 0);
        Assert.Equal(expected, learned.Sum(w => Elements(w.Shape)));
    }

    [Fact]
    public void ItHasTheForetoldWeightsAndSurvivesTheSmallestImages()
    {
        var shape = new ImageShape(3, 9, 12);
        var options = new ResNet50Options();
        using var network = options.Create(shape, 10, seed: 3);
        Assert.Equal(23_520_842, network.parameters().Sum(p => p.numel()));
        var state = network.state_dict();
        Assert.Equal(
            options.WeightShapes(shape, 10).Select(w => $"{w.Name} {string.Join('x', w.Shape)}").Order(StringComparer.Ordinal),
            state.Select(w => $"{w.Key} {string.Join('x', w.Value.shape)}").Order(StringComparer.Ordinal));

        // A batch of one image in training is the least that batch norm can bear.
        network.train();
        using var one = randn(1, 3, 9, 12, generator: new Generator(1));
        using var features = network.Features(one);
        Assert.Equal([1, 2048], features.shape);
        Assert.True(features.min().item<float>() >= 0, "the last activation is no ReLU");
        using var logits = network.Head(features);
        using var loss = logits.logsumexp(1).sum();
        loss.backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad is { } grad && grad.isfinite().all().item<bool>(), $"{p.name} has no finite gradient"));

        // He's initialisation: variance 2 / fan-out.
        foreach (var (name, fanOut) in new[] { ("layer3.0.conv2.weight", 9 * 256), ("layer4.2.conv3.weight", 2048), ("layer1.0.conv1.weight", 64) })
        {
            double[] weights = [.. state[name].data<float>().Select(w => (double)w)];
            double variance = weights.Average(w => w * w);
            Assert.Equal(2.0 / fanOut, variance, 6 * Math.Sqrt(2.0 / weights.Length) * 2 / fanOut);
        }
        Assert.All(state.Where(w => w.Key.EndsWith("bn3.weight", StringComparison.Ordinal)), w => Assert.Equal(1, w.Value.min().item<float>()));
    }

    [Fact]
    public void WithZeroInitResidualEveryBlockStartsAsItsShortcut()
    {
        using var block = new BottleneckBlock(256, 64, 1, 0.1, CPU);
        block.ZeroResidual();
        using var off = no_grad();
        using var input = rand(2, 256, 4, 4, generator: new Generator(2));
        using var output = block.call(input);
        Assert.Equal(input.data<float>().ToArray(), output.data<float>().ToArray());
        using var network = new ResNet50Options { ZeroInitResidual = true }.Create(Cifar, 2);
        var scales = network.state_dict().Where(w => w.Key.EndsWith("bn3.weight", StringComparison.Ordinal)).ToList();
        Assert.Equal(16, scales.Count);
        Assert.All(scales, w => Assert.Equal(0, w.Value.abs().max().item<float>()));
    }

    [Fact]
    public void ABlockIsItsFormula()
    {
        using var block = new BottleneckBlock(8, 4, 2, 0.1, CPU);
        Initialization.ResetHe(block, 1);
        block.eval();
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var w = block.state_dict();
        foreach (var (name, weight) in w.Where(w => w.Key.Contains("running", StringComparison.Ordinal)))
            weight.uniform_(0.5, 2, new Generator((ulong)name.Length));
        var x = randn(2, 8, 5, 5, generator: new Generator(3));
        var inner = Norm(nn.functional.conv2d(x, w["conv1.weight"]), "bn1").clamp_min(0);
        inner = Norm(nn.functional.conv2d(inner, w["conv2.weight"], padding: [1L, 1L], strides: [2L, 2L]), "bn2").clamp_min(0);
        inner = Norm(nn.functional.conv2d(inner, w["conv3.weight"]), "bn3");
        var expected = (inner + Norm(nn.functional.conv2d(x, w["shortcut.0.weight"], strides: [2L, 2L]), "shortcut.1")).clamp_min(0);
        var actual = block.call(x);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True((expected - actual).abs().max().item<float>() < 1e-5);

        Tensor Norm(Tensor v, string name) => (v - Wide(w[$"{name}.running_mean"])) / (Wide(w[$"{name}.running_var"]) + 1e-5).sqrt() * Wide(w[$"{name}.weight"]) + Wide(w[$"{name}.bias"]);
        Tensor Wide(Tensor channel) => channel.reshape(1, -1, 1, 1);
    }

    [Theory]
    [InlineData(8, 0.1, "9x9")]
    [InlineData(32, 0.0, "BatchNormMomentum is 0")]
    public void OptionsOutOfRangeAreRefused(int side, double momentum, string says)
    {
        var options = new ResNet50Options { BatchNormMomentum = momentum };
        Assert.Contains(says, Assert.Throws<ArgumentOutOfRangeException>(() => options.Create(new ImageShape(3, side, side), 10)).Message, StringComparison.Ordinal);
    }
}
