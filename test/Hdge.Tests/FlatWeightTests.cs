using Hdge.Training;
using TorchSharp.Modules;

namespace Hdge.Tests;

/// <summary>Weights as parts of one vector: who is frozen, of another type, or clipped; and their moving average.</summary>
public sealed class FlatWeightTests
{
    private static Parameter Weight(params double[] values) => nn.Parameter(tensor(values));

    private static void Backward(params (Parameter Weight, double Slope)[] slopes)
    {
        using var scope = NewDisposeScope();
        foreach (var (weight, slope) in slopes)
            (weight * tensor(slope, dtype: weight.dtype)).sum().backward();
    }

    [Fact]
    public void A_frozen_weight_stays_until_it_is_freed_and_then_starts_anew()
    {
        using var first = Weight(1, 2);
        using var frozen = Weight(3);
        using var last = Weight(5);
        frozen.requires_grad = false;
        using var optimizer = new Sgd([new([first, frozen, last])], weightDecay: 0.5, momentum: 0.9) { LearningRate = 0.1 };
        Backward((first, 1), (last, 2));
        optimizer.Step();
        Assert.Equal([1 - 0.1 * 1.5, 2 - 0.1 * 2], first.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(3, frozen.item<double>());
        Assert.Equal(5 - 0.1 * 4.5, last.item<double>(), 1e-12);

        frozen.requires_grad = true;
        last.requires_grad = false;
        optimizer.ZeroGradients();
        Backward((frozen, 4));
        optimizer.Step();
        Assert.Equal(3 - 0.1 * 5.5, frozen.item<double>(), 1e-12);
        Assert.Equal(5 - 0.1 * 4.5, last.item<double>(), 1e-12); // frozen now, in spite of its momentum and its decay
    }

    [Fact]
    public void Weights_of_two_types_and_orders_of_dimensions_keep_values_types_and_gradients()
    {
        using var scope = NewDisposeScope();
        var kernel = nn.Parameter(arange(24, dtype: float32).view(2, 3, 2, 2).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)); // channels last
        var other = nn.Parameter(arange(3, dtype: float64));
        var before = kernel.detach().clone();
        var strides = kernel.stride();
        using var optimizer = new Sgd([new([kernel, other])]) { LearningRate = 1 };
        Assert.Equal(strides, kernel.stride());
        Assert.Equal(0, (kernel - before).abs().max().item<float>());
        (kernel * before).sum().backward();
        other.sum().backward();
        optimizer.Step();
        optimizer.Step(); // the gradients are still there
        Assert.Equal(0, (kernel + before).abs().max().item<float>()); // w − 2w
        Assert.Equal([-2.0, -1, 0], other.data<double>().ToArray());
        Assert.Equal(2, optimizer.Vectors.Count);
    }

    [Fact]
    public void Weights_lie_in_one_vector_at_multiples_of_64_elements()
    {
        using var first = Weight(1, 2, 3);
        using var second = Weight(7);
        using var optimizer = new Hdge.Training.Adam([new([first]), new([second])]) { LearningRate = 0.1 };
        var vector = Assert.Single(optimizer.Vectors);
        Assert.Equal([0L, 64], vector.Flat.Starts);
        vector.Flat.Values.fill_(9);
        Assert.Equal([9.0, 9, 9, 9], first.data<double>().ToArray().Append(second.item<double>()));
        Backward((first, 1), (second, 1));
        optimizer.Step();
        Assert.Equal(0, vector.Flat.Values.narrow(0, 3, 61).sub(9).abs().max().item<double>()); // between weights nothing moves
    }

    [Theory]
    [InlineData(5.0, 1.0)]
    [InlineData(0.5, 0.1)]
    public void Clipping_is_by_the_length_of_all_gradients_together(double largest, double factor)
    {
        using var first = Weight(0, 0); // slopes 3, 4 over two types: length 5
        using var second = nn.Parameter(zeros(1, dtype: float32));
        using var optimizer = new Sgd([new([first, second])]) { LearningRate = 1, LargestGradient = largest };
        using (NewDisposeScope())
        {
            (first * tensor(new[] { 3.0, 0 })).sum().backward();
            (second * tensor(4f)).sum().backward();
        }
        optimizer.Step();
        Assert.Equal([-3 * factor, 0], first.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(-4 * factor, second.item<float>(), 1e-5);
    }

    [Theory]
    [InlineData(false, 0.5)]
    [InlineData(true, 1.0)]
    public void Norms_and_biases_need_not_decay(bool matricesOnly, double bias)
    {
        using var matrix = nn.Parameter(ones(2, 2));
        using var vector = nn.Parameter(ones(2));
        using var optimizer = Optimizers.Create([new([vector, matrix])], new TrainingOptions { Optimizer = OptimizerKind.AdamW, WeightDecay = 0.5, LearningRate = 1, DecayMatricesOnly = matricesOnly });
        using (NewDisposeScope())
            ((matrix.sum() + vector.sum()) * tensor(0f)).backward();
        optimizer.Step();
        Assert.Equal((0.5f, (float)bias), (matrix.min().item<float>(), vector.max().item<float>()));
    }

    [Fact]
    public void The_average_follows_its_formula_and_swaps()
    {
        using var network = nn.Linear(1, 1);
        using (no_grad())
            network.weight.fill_(0);
        using var optimizer = new Sgd([new([.. network.parameters()])]);
        using var average = new WeightAverage(network, optimizer, 0.15);
        using (no_grad())
            network.weight.fill_(1);
        average.Add(0); // d = 1/10
        average.Add(1); // d = 0.15, not 2/11
        double expected = 1 - 0.1 * 0.15;
        Assert.Equal(expected, average.Tensors["weight"].item<float>(), 1e-6);
        average.Swap();
        Assert.Equal(expected, network.weight.item<float>(), 1e-6);
        Assert.Equal(1, average.Tensors["weight"].item<float>());
        average.Swap();
        Assert.Equal(1, network.weight.item<float>());
    }

    [Fact]
    public void A_model_trained_with_an_average_has_the_averages_and_resumes_to_the_same()
    {
        string folder = Directory.CreateTempSubdirectory("hdge-average-").FullName;
        try
        {
            var images = SmallImages.Patterns(120);
            var options = new TrainingOptions { Epochs = 3, BatchSize = 32, EmaDecay = 0.9, GradientClipping = 1, Seed = 3, Device = "cpu" };
            using var plain = ModelTrainer.Train(images, options with { EmaDecay = null });
            var losses = new List<double?>();
            using var averaged = ModelTrainer.Train(images, options, m => losses.Add(m.ValidationLoss));
            Assert.NotEqual(plain.Logits(images), averaged.Logits(images));

            var checkpoint = new CheckpointOptions { Path = Path.Combine(folder, "run"), Resume = true };
            using var cancel = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => ModelTrainer.Train(images, options with { Checkpoint = checkpoint }, m => { if (m.Epoch == 2) cancel.Cancel(); }, cancel.Token));
            using var resumed = ModelTrainer.Train(images, options with { Checkpoint = checkpoint });
            Assert.Equal(averaged.Logits(images), resumed.Logits(images));

            // Validation is that of the averages: the last epoch's loss is the finished model's.
            var (_, heldOut) = images.Split(options.ValidationFraction, Hdge.Data.Seeds.Mix(options.Seed, Hdge.Data.SeedStream.HeldOutImages));
            Assert.Equal(Validation.Run(averaged, heldOut, options.ClassWeights, default).Loss, losses[^1]!.Value, 1e-9);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
