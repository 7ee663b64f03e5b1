using Hdge.Networks;
using Hdge.Persistence;

namespace Hdge.Tests;

public class WideResNetTests
{
    private static readonly ImageShape Cifar = new(3, 32, 32);

    /// <summary>Published counts without the two unused heads; batch norm adds a scale and a shift a normalised channel.</summary>
    [Theory]
    [InlineData(10, 1, 77_706)]
    [InlineData(16, 1, 174_698)]
    [InlineData(16, 2, 690_986)]
    [InlineData(16, 4, 2_747_530)]
    [InlineData(28, 10, 36_471_338)]
    public void ParameterCountsAreThePublishedOnes(int depth, int width, long expected)
    {
        var options = new WideResNetOptions { Depth = depth, Width = width, Normalization = Normalization.None };
        Assert.Equal(expected, options.WeightShapes(Cifar, 10).Sum(w => w.Shape.Aggregate(1L, (a, b) => a * b)));
    }

    [Theory]
    [InlineData(10, 1, Normalization.None, 3, 32, 32)]
    [InlineData(16, 2, Normalization.Batch, 1, 28, 28)]
    [InlineData(10, 1, Normalization.Batch, 4, 9, 23)]
    [InlineData(10, 2, Normalization.Instance, 1, 8, 8)]
    [InlineData(22, 1, Normalization.Layer, 3, 8, 9)]
    [InlineData(10, 1, Normalization.Activation, 3, 32, 32)]
    public void WeightsHaveTheForetoldNamesAndShapes(int depth, int width, Normalization normalization, int channels, int height, int side)
    {
        var shape = new ImageShape(channels, height, side);
        var options = new WideResNetOptions { Depth = depth, Width = width, Normalization = normalization };
        using var network = options.Create(shape, 7);
        var state = network.state_dict().ToDictionary(w => w.Key, w => string.Join('x', w.Value.shape));
        var foretold = options.WeightShapes(shape, 7).ToDictionary(w => w.Name, w => string.Join('x', w.Shape));
        Assert.Equal(foretold.OrderBy(w => w.Key, StringComparer.Ordinal), state.OrderBy(w => w.Key, StringComparer.Ordinal));
        using var input = zeros(2, channels, height, side);
        using var logits = network.call(input);
        Assert.Equal([2, 7], logits.shape);
    }

    [Fact]
    public void TheNetworkOfThePaperHasThirtySixMillionParameters()
    {
        using var network = new WideResNetOptions { Depth = 28, Width = 10, Normalization = Normalization.None }.Create(Cifar, 10);
        Assert.Equal(36_471_338, network.parameters().Sum(p => p.numel()));
    }

    [Fact]
    public void TheSameSeedGivesTheSameWeightsWhateverElseUsesTheGenerator()
    {
        manual_seed(1);
        using var one = new WideResNetOptions().Create(Cifar, 10, seed: 4);
        using var noise = randn(5);
        using var two = new WideResNetOptions().Create(Cifar, 10, seed: 4);
        using var other = new WideResNetOptions().Create(Cifar, 10, seed: 5);
        var (a, b, c) = (one.state_dict(), two.state_dict(), other.state_dict());
        Assert.All(a, w => Assert.Equal(w.Value.bytes.ToArray(), b[w.Key].bytes.ToArray()));
        Assert.NotEqual(a["conv1.weight"].bytes.ToArray(), c["conv1.weight"].bytes.ToArray());
    }

    [Fact]
    public void InitialWeightsFillTheIntervalOfPyTorchsDefault()
    {
        using var network = new WideResNetOptions { Width = 4 }.Create(Cifar, 10);
        float[] weights = network.state_dict()["layer3.0.conv2.weight"].data<float>().ToArray();
        double bound = 1 / Math.Sqrt(256 * 9);
        Assert.InRange(weights.Max(), 0.99 * bound, bound);
        Assert.InRange(weights.Min(), -bound, -0.99 * bound);
        Assert.Equal(bound * bound / 3, weights.Average(w => (double)w * w), 0.01 * bound * bound);
    }

    [Fact]
    public void LeakyReluHasSlopeOneFifth()
    {
        using var x = tensor(new float[] { -10, 10 }).reshape(1, 1, 1, 2);
        using var y = WideResNet.Activate(x, null);
        Assert.Equal([-2f, 10f], y.data<float>().ToArray());
    }

    [Fact]
    public void DropoutActsInTrainingOnlyAndFollowsItsSeed()
    {
        var options = new WideResNetOptions { DropoutRate = 0.5, Normalization = Normalization.None };
        using var network = options.Create(Cifar, 10, seed: 1);
        using var same = options.Create(Cifar, 10, seed: 1);
        using var off = no_grad();
        using var input = ones(2, 3, 32, 32);
        network.train();
        same.train();
        float[] first = Run(network), second = Run(network);
        Assert.NotEqual(first, second);
        Assert.Equal(first, Run(same));
        network.eval();
        Assert.Equal(Run(network), Run(network));

        float[] Run(Backbone net)
        {
            using var logits = net.call(input);
            return logits.data<float>().ToArray();
        }
    }

    [Theory]
    [InlineData(11, 1, 32, "Depth")]
    [InlineData(4, 1, 32, "Depth")]
    [InlineData(10, 0, 32, "Width")]
    [InlineData(10, 1, 7, "8x8")]
    public void OptionsOutOfRangeAreRefused(int depth, int width, int side, string names)
    {
        var options = new WideResNetOptions { Depth = depth, Width = width };
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => options.Create(new ImageShape(3, side, side), 10));
        Assert.Contains(names, error.Message, StringComparison.Ordinal);
    }
}
