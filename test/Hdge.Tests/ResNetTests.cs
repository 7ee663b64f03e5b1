using Hdge.Networks;
using TorchSharp.Modules;

namespace Hdge.Tests;

public class ResNetTests
{
    private static readonly ImageShape Cifar = new(3, 32, 32), Photo = new(3, 224, 224);

    private static long Elements(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);

    private static long Learned(NetworkOptions options, ImageShape shape, int classes) => options.WeightShapes(shape, classes)
        .Where(w => !w.Name.Contains("running", StringComparison.Ordinal) && w.Shape.Length > 0).Sum(w => Elements(w.Shape));

    /// <summary>The network's table in He et al. 2016, multiplied out by hand: convolutions without bias, two numbers a normalised channel, one linear layer.</summary>
    private static long Expected(int channels, int kernel, int classes)
    {
        long sum = channels * 64 * kernel * kernel + 2 * 64;
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
        Assert.Equal(expected, Expected(channels, 3, classes));
        Assert.Equal(expected, Learned(new ResNet50Options { SmallImages = true }, new ImageShape(channels, 32, 32), classes));
    }

    /// <summary>Numbers and names are those of torchvision.models.resnet18() and resnet50().</summary>
    [Fact]
    public void TheLayoutIsTorchvisions()
    {
        Assert.Equal(25_557_032, Expected(3, 7, 1000));
        Assert.Equal(25_557_032, Learned(new ResNet50Options(), Photo, 1000));
        Assert.Equal(11_689_512, Learned(new ResNet18Options(), Photo, 1000));
        var fifty = new ResNet50Options().WeightShapes(Photo, 1000).ToDictionary(w => w.Name, w => w.Shape);
        var eighteen = new ResNet18Options().WeightShapes(Photo, 1000).ToDictionary(w => w.Name, w => w.Shape);
        Assert.Equal((320, 122), (fifty.Count, eighteen.Count));
        Assert.Equal([64, 3, 7, 7], eighteen["conv1.weight"]);
        Assert.Equal([128, 64, 1, 1], eighteen["layer2.0.downsample.0.weight"]);
        Assert.Equal([128], eighteen["layer2.0.downsample.1.running_var"]);
        Assert.Equal([512, 512, 3, 3], eighteen["layer4.1.conv2.weight"]);
        Assert.Equal([1000, 512], eighteen["fc.weight"]);
        Assert.Equal([256, 64, 1, 1], fifty["layer1.0.downsample.0.weight"]);
        Assert.Equal([1024], fifty["layer3.5.bn3.bias"]);
        Assert.Equal([], fifty["layer4.2.bn1.num_batches_tracked"]);
        Assert.Equal([1000, 2048], fifty["fc.weight"]);
        Assert.DoesNotContain("layer1.0.downsample.0.weight", eighteen.Keys);
        Assert.Equal(new ResNet18Options(), new ResNet18Options { LastStageBlocks = 2 });
        Assert.Equal(11_689_512 + 2 * (512 * 512 * 9 + 2 * 512), Learned(new ResNet18Options { LastStageBlocks = 3 }, Photo, 1000));
    }

    [Theory]
    [InlineData(20, 30, 12, 12, 18)] // reduced
    [InlineData(9, 12, 33, 33, 44)] // enlarged
    [InlineData(16, 16, 40, 40, 40)]
    public void ImagesPassWithTheShorterSideThatIsAskedFor(int height, int width, int size, int passedHeight, int passedWidth)
    {
        var shape = new ImageShape(2, height, width);
        var options = new ResNet18Options { SmallImages = true, InputSize = size };
        Assert.Equal((passedHeight, passedWidth), options.SizeOf(shape));
        using var network = options.Create(shape, 3, seed: 1);
        using var same = (options with { InputSize = null }).Create(new ImageShape(2, passedHeight, passedWidth), 3, seed: 1);
        network.eval();
        same.eval();
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var images = rand(2, 2, height, width, generator: new Generator(4));
        var resized = nn.functional.interpolate(images, [passedHeight, passedWidth], mode: InterpolationMode.Bilinear, align_corners: false, antialias: size < Math.Min(height, width));
        Assert.Equal(same.call(resized).data<float>().ToArray(), network.call(images).data<float>().ToArray());
        // An even field stays even, whatever is done to its size.
        var (even, large) = (ones(1, 2, height, width), ones(1, 2, passedHeight, passedWidth));
        Assert.True((network.Features(even) - same.Features(large)).abs().max().item<float>() < 1e-5);
    }

    /// <summary>The stem written out: every pooled value is the largest of its 3×3 neighbours, two steps apart.</summary>
    [Fact]
    public void TheStemIsConvolutionNormReluAndPooling()
    {
        using var network = new ResNet18Options().Create(new ImageShape(1, 40, 33), 2, seed: 3);
        network.eval();
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var w = network.state_dict();
        foreach (var (name, weight) in w)
            if (name.Contains("layer", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) && weight.dim() == 1)
                weight.fill_(0); // the blocks add nothing: layer1 hands on the stem
        var x = randn(1, 1, 40, 33, generator: new Generator(7));
        var stem = nn.functional.conv2d(x, w["conv1.weight"], padding: [3L, 3L], strides: [2L, 2L]).div(MathF.Sqrt(1 + 1e-5f)).clamp_min(0);
        Assert.Equal([1, 64, 20, 17], stem.shape);
        var padded = nn.functional.pad(stem, [1L, 1L, 1L, 1L]);
        var pooled = padded.unfold(2, 3, 2).unfold(3, 3, 2).amax([4L, 5L]);
        var layer1 = (ModuleList<ResidualBlock>)network.named_children().First(c => c.name == "layer1").module;
        Tensor handed = pooled;
        foreach (var block in layer1)
            handed = block.call(handed);
        Assert.True((handed - pooled).abs().max().item<float>() < 1e-6);
        Assert.Equal([1, 512], network.Features(x).shape);
    }

    [Fact]
    public void ItHasTheForetoldWeightsAndSurvivesTheSmallestImages()
    {
        var shape = new ImageShape(3, 9, 12);
        var options = new ResNet50Options { SmallImages = true };
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
        using var network = new ResNet50Options { SmallImages = true, ZeroInitResidual = true }.Create(Cifar, 2);
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
        var expected = (inner + Norm(nn.functional.conv2d(x, w["downsample.0.weight"], strides: [2L, 2L]), "downsample.1")).clamp_min(0);
        var actual = block.call(x);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True((expected - actual).abs().max().item<float>() < 1e-5);

        Tensor Norm(Tensor v, string name) => (v - Wide(w[$"{name}.running_mean"])) / (Wide(w[$"{name}.running_var"]) + 1e-5).sqrt() * Wide(w[$"{name}.weight"]) + Wide(w[$"{name}.bias"]);
        Tensor Wide(Tensor channel) => channel.reshape(1, -1, 1, 1);
    }

    [Fact]
    public void ABasicBlockIsItsFormula()
    {
        using var block = new BasicBlock(4, 6, 2, 0.1, CPU);
        Initialization.ResetHe(block, 1);
        block.eval();
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var w = block.state_dict();
        foreach (var (name, weight) in w.Where(w => w.Key.Contains("running", StringComparison.Ordinal)))
            weight.uniform_(0.5, 2, new Generator((ulong)name.Length));
        var x = randn(2, 4, 5, 5, generator: new Generator(3));
        var inner = Norm(nn.functional.conv2d(x, w["conv1.weight"], padding: [1L, 1L], strides: [2L, 2L]), "bn1").clamp_min(0);
        inner = Norm(nn.functional.conv2d(inner, w["conv2.weight"], padding: [1L, 1L]), "bn2");
        var expected = (inner + Norm(nn.functional.conv2d(x, w["downsample.0.weight"], strides: [2L, 2L]), "downsample.1")).clamp_min(0);
        Assert.True((expected - block.call(x)).abs().max().item<float>() < 1e-5);

        Tensor Norm(Tensor v, string name) => (v - Wide(w[$"{name}.running_mean"])) / (Wide(w[$"{name}.running_var"]) + 1e-5).sqrt() * Wide(w[$"{name}.weight"]) + Wide(w[$"{name}.bias"]);
        Tensor Wide(Tensor channel) => channel.reshape(1, -1, 1, 1);
    }

    [Theory]
    [InlineData(8, true, null, 0.1, "9x9")]
    [InlineData(31, false, null, 0.1, "32x32")]
    [InlineData(31, false, null, 0.1, "SmallImages, or an InputSize")]
    [InlineData(32, false, 31, 0.1, "InputSize is 31, expected 32..4096")]
    [InlineData(32, true, 8, 0.1, "InputSize is 8, expected 9..4096")]
    [InlineData(32, false, null, 0.0, "BatchNormMomentum is 0")]
    public void OptionsOutOfRangeAreRefused(int side, bool small, int? size, double momentum, string says)
    {
        var shape = new ImageShape(3, side, side);
        foreach (ResNetOptions options in new ResNetOptions[] { new ResNet50Options(), new ResNet18Options() })
            Assert.Contains(says, Assert.Throws<ArgumentOutOfRangeException>(() => (options with { SmallImages = small, InputSize = size, BatchNormMomentum = momentum }).Create(shape, 10)).Message, StringComparison.Ordinal);
        Assert.Contains("LastStageBlocks is 9", Assert.Throws<ArgumentOutOfRangeException>(() => new ResNet18Options { LastStageBlocks = 9 }.Create(Photo, 10)).Message, StringComparison.Ordinal);
        Assert.Contains("takes no vectors", Assert.Throws<ArgumentOutOfRangeException>(() => new ResNet18Options { InputSize = 64 }.Create(ImageShape.Vector(5), 10)).Message, StringComparison.Ordinal);
        Assert.Contains("longer side", Assert.Throws<ArgumentOutOfRangeException>(() => new ResNet18Options { InputSize = 224 }.Create(new ImageShape(1, 2, 1000), 10)).Message, StringComparison.Ordinal);
    }
}
