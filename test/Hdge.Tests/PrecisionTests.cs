using System.Text.Json;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>Single and mixed precision, and the network as it scores.</summary>
public sealed class PrecisionTests
{
    public static TheoryData<string> Networks => ["WRN None", "WRN Batch", "WRN Instance", "WRN Layer", "WRN Activation", "ResNet50", "ResNet18", "Features"];

    private static NetworkOptions Options(string name) => name switch
    {
        "ResNet50" => new ResNet50Options { SmallImages = true },
        "ResNet18" => new ResNet18Options { InputSize = 40 },
        "Features" => new FeatureNetworkOptions { Hidden = [32, 16] },
        _ => new WideResNetOptions { Depth = 16, Normalization = Enum.Parse<Normalization>(name.AsSpan(4)), DropoutRate = 0.3 },
    };

    private static ImageShape Shape(NetworkOptions options) => options.TakesFeatures ? ImageShape.Vector(20) : new ImageShape(3, 16, 16);

    /// <summary>A network whose norms have something to say.</summary>
    private static Backbone Network(NetworkOptions options)
    {
        var network = options.Create(Shape(options), 5, seed: 4);
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        foreach (var (name, weight) in network.state_dict())
            if (name.Contains("bn", StringComparison.Ordinal) || name.Contains("norms", StringComparison.Ordinal) || name.Contains("downsample.1", StringComparison.Ordinal))
                if (weight.dtype == float32)
                    weight.uniform_(0.5, 1.5, generator);
        return network;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_scoring_form_is_the_network_to_1e_5(string name)
    {
        var network = Network(Options(name));
        using var model = new HdgeModel(network, new PixelScaling(), CPU);
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var generator = new Generator(2);
        var images = randn([6, network.InputShape.Channels, network.InputShape.Height, network.InputShape.Width], generator: generator);
        Assert.NotSame(network, model.Scoring.Network);
        AssertNear(network.call(images), model.Scoring.Network.call(images));
        AssertNear(network.Features(images), model.Scoring.Network.Features(images));
        Assert.All(model.Scoring.Network.parameters(), p => Assert.False(p.requires_grad));

        // Made anew, and not before it is told to, when weights change.
        foreach (var weight in network.parameters())
            weight.mul_(tensor(1.25f));
        Assert.Same(model.Scoring.Network, model.Scoring.Network);
        model.Scoring.Invalidate();
        AssertNear(network.call(images), model.Scoring.Network.call(images));

        static void AssertNear(Tensor expected, Tensor found)
        {
            double size = Math.Max(1, expected.abs().max().item<float>()), difference = (expected - found).abs().max().item<float>();
            Assert.True(difference < 1e-5 * size, $"{difference} of {size}");
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Mixed_precision_is_near_single_and_gives_32_bit_features_logits_and_gradients(string name)
    {
        using var network = Network(Options(name));
        using var scope = NewDisposeScope();
        network.eval();
        var images = randn(16, network.InputShape.Channels, network.InputShape.Height, network.InputShape.Width);
        var (single, singleGradient) = Run(mixed: false);
        var (mixed, mixedGradient) = Run(mixed: true);
        Assert.Equal((float32, float32), (mixed.dtype, mixedGradient.dtype));
        double difference = Relative(mixed, single);
        Assert.InRange(difference, 1e-5, 0.03); // 8 bits of mantissa: another precision, and not far
        Assert.InRange(Relative(mixedGradient, singleGradient), 1e-5, 0.2);

        (Tensor, Tensor) Run(bool mixed)
        {
            network.IsMixed = mixed;
            Assert.Equal(float32, network.Features(images).dtype);
            var logits = network.call(images);
            network.zero_grad();
            logits.square().sum().backward();
            return (logits.detach(), cat([.. network.parameters().Select(p => p.grad!.flatten())]).clone());
        }

        static double Relative(Tensor a, Tensor b) => ((a - b).norm() / b.norm()).item<float>();
    }

    [Fact]
    public void Auto_tells_its_reason_and_follows_the_processor()
    {
        using var network = new WideResNetOptions().Create(SmallImages.Shape, 3);
        var choice = PrecisionChoice.Of(Precision.Auto, network, CPU, "Precision");
        bool fast = System.Runtime.Intrinsics.X86.Avx512F.IsSupported && File.Exists("/proc/cpuinfo") && File.ReadAllText("/proc/cpuinfo") is var told
            && (told.Contains("avx512_bf16", StringComparison.Ordinal) || told.Contains("amx_bf16", StringComparison.Ordinal));
        if (File.Exists("/proc/cpuinfo") && Environment.GetEnvironmentVariable("ONEDNN_MAX_CPU_ISA") is null)
            Assert.Equal(fast ? Precision.Mixed : Precision.Single, choice.Precision);
        Assert.NotNull(choice.Reason);
        Assert.Equal(new PrecisionChoice(Precision.Single, null), PrecisionChoice.Of(Precision.Single, network, CPU, "Precision"));

        using var features = new FeatureNetworkOptions().Create(ImageShape.Vector(4), 3);
        Assert.Equal(Precision.Single, PrecisionChoice.Of(Precision.Auto, features, CPU, "Precision").Precision);
        using var own = new LinearBackbone(new ImageShape(1, 1, 2), [[1, 2], [3, 4]], [0, 0]);
        Assert.Equal(Precision.Single, PrecisionChoice.Of(Precision.Auto, own, CPU, "Precision").Precision);
        var error = Assert.Throws<ArgumentException>(() => PrecisionChoice.Of(Precision.Mixed, own, CPU, "ScoringPrecision"));
        Assert.StartsWith("ScoringPrecision is Mixed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_keeps_the_precision_that_it_was_calibrated_in()
    {
        var images = SmallImages.Patterns(150);
        var options = SmallImages.Quick with
        {
            Epochs = 2, Precision = Precision.Mixed, ScoringPrecision = Precision.Mixed, Device = "cpu",
            Detection = new() { Score = DetectionScore.LogDensity, Also = [DetectionScore.ApproximateMass, DetectionScore.Mahalanobis] },
        };
        TrainingStart? start = null;
        using var model = ModelTrainer.Train(images, options, new TrainingCallbacks { Started = s => start = s });
        Assert.Contains("in mixed precision: ", start!.ToString(), StringComparison.Ordinal);
        using var single = ModelTrainer.Train(images, options with { ScoringPrecision = Precision.Single });
        Assert.Equal((Precision.Mixed, Precision.Single), (model.ScoringPrecision, single.ScoringPrecision));
        Assert.NotEqual(single.Decision.Lower, model.Decision.Lower);
        Assert.NotEqual(single.Logits(images), model.Logits(images));

        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        using var loaded = HdgeModel.Load(file, "cpu");
        Assert.Equal(Precision.Mixed, loaded.ScoringPrecision);
        Assert.Equal(model.Logits(images), loaded.Logits(images));
        var (before, after) = (Scores(model), Scores(loaded));
        Assert.All(before, score => Assert.Equal(score.Value, after[score.Key]));

        IReadOnlyDictionary<DetectionScore, float[]> Scores(HdgeModel m) => m.DetectionScores(images, [DetectionScore.ApproximateMass, DetectionScore.Mahalanobis]);
    }

    [Fact]
    public void Flip_averaging_is_the_mean_of_an_image_and_its_mirror_image_and_is_saved()
    {
        var images = SmallImages.Patterns(60);
        using var network = new WideResNetOptions().Create(SmallImages.Shape, 3, 1);
        using var plain = new HdgeModel(network, new PixelScaling(), CPU);
        using var same = new WideResNetOptions().Create(SmallImages.Shape, 3, 1);
        using var averaged = new HdgeModel(same, new PixelScaling(), CPU, flipAveraging: true);
        byte[] mirrored = [.. Enumerable.Range(0, 60 * 64).Select(i => images.Bytes(0, 60)[i / 8 * 8 + 7 - i % 8])];
        float[] logits = plain.Logits(images), other = plain.Logits(ImageSet.FromBytes(SmallImages.Shape, mirrored, images.Labels.ToArray(), 3));
        Assert.Equal(logits.Zip(other, (a, b) => (a + b) / 2), averaged.Logits(images), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(averaged.Logits(images), averaged.Logits(ImageSet.FromBytes(SmallImages.Shape, mirrored, images.Labels.ToArray(), 3)), (a, b) => Math.Abs(a - b) < 1e-5);

        using var file = new MemoryStream();
        averaged.Save(file);
        file.Position = 0;
        using var loaded = HdgeModel.Load(file, "cpu");
        Assert.True(loaded.FlipAveraging);
        Assert.Equal(averaged.Logits(images), loaded.Logits(images));
        var error = Assert.Throws<ArgumentException>(() => new TrainingOptions { Network = new FeatureNetworkOptions(), FlipAveraging = true }.Validate(ImageShape.Vector(4)));
        Assert.StartsWith("FlipAveraging is true", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new TrainingOptions { Network = new PixelTransformerOptions(), Objective = new GenerativeContrastiveOptions(), FlipAveraging = true }.Validate(new ImageShape(1, 8, 8)));
        Assert.StartsWith("FlipAveraging is true", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_graph_would_not_do_is_not_exported()
    {
        foreach (var (precision, averaged, option) in new[] { (Precision.Single, true, "FlipAveraging"), (Precision.Mixed, false, "ScoringPrecision") })
        {
            using var model = new HdgeModel(new WideResNetOptions().Create(SmallImages.Shape, 3, 1), new PixelScaling(), CPU, precision, averaged);
            using var file = new MemoryStream();
            Assert.Contains(option, Assert.Throws<NotSupportedException>(() => model.SaveOnnx(file)).Message, StringComparison.Ordinal);
            Assert.Equal(0, file.Length);
        }
    }

    [Fact]
    public void Weights_ask_for_no_gradient_while_the_input_does_and_then_again()
    {
        using var network = new WideResNetOptions { Normalization = Normalization.None }.Create(SmallImages.Shape, 3, 1);
        using var scope = NewDisposeScope();
        var images = randn(4, 3, 8, 8).slice(1, 0, SmallImages.Shape.Channels, 1);
        var frozen = network.parameters().First();
        frozen.requires_grad = false;
        var logits = network.call(images);
        using (new FrozenWeights(network))
        {
            Assert.All(network.parameters(), p => Assert.False(p.requires_grad));
            var input = images.clone().requires_grad_(true);
            Assert.True(network.call(input).requires_grad);
        }
        Assert.Equal([false, .. Enumerable.Repeat(true, network.parameters().Count() - 1)], network.parameters().Select(p => p.requires_grad));
        logits.sum().backward(); // a graph made before still reaches the weights
        Assert.All(network.parameters().Skip(1), p => Assert.NotNull(p.grad));
    }
}
