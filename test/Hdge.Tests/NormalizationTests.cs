using Hdge.Networks;
using Hdge.Persistence;
using Hdge.Training;

namespace Hdge.Tests;

public class NormalizationTests
{
    private const int Count = 4, Channels = 3, Side = 5, Plane = Side * Side;

    public static TheoryData<Normalization> Kinds => [.. Enum.GetValues<Normalization>()];

    /// <summary>Numbers whose mean and deviation differ by image and channel, [image][channel][pixel].</summary>
    private static double[][][] Numbers(int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Count).Select(n => Enumerable.Range(0, Channels).Select(c => Enumerable.Range(0, Plane).Select(_ => (n + 1) * (c + 1) * random.NextDouble() + c - n).ToArray()).ToArray())];
    }

    private static Tensor ToTensor(double[][][] numbers) => tensor([.. numbers.SelectMany(n => n.SelectMany(c => c.Select(v => (float)v)))], [Count, Channels, Side, Side]);

    private static (double Mean, double Deviation) Moments(IEnumerable<double> values, bool unbiased = false)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return (mean, Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Length - (unbiased ? 1 : 0))));
    }

    private static float[] Apply(nn.Module<Tensor, Tensor> layer, double[][][] numbers)
    {
        using var off = no_grad();
        using var input = ToTensor(numbers);
        using var output = layer.call(input);
        return output.data<float>().ToArray();
    }

    private static void Check(float[] actual, double[][][] numbers, Func<int, int, (double Mean, double Deviation)> moments)
    {
        int at = 0;
        for (int n = 0; n < Count; n++)
            for (int c = 0; c < Channels; c++)
            {
                var (mean, deviation) = moments(n, c);
                foreach (double value in numbers[n][c])
                    Assert.Equal((value - mean) / deviation, actual[at++], 1e-3);
            }
    }

    [Fact]
    public void EachKindNormalisesOverItsOwnAxes()
    {
        var x = Numbers();
        using var batch = NormalizationLayer.Create(Normalization.Batch, Channels, 0.1, CPU)!;
        Check(Apply(batch, x), x, (_, c) => Moments(x.SelectMany(image => image[c])));
        foreach (bool training in new[] { true, false })
        {
            using var instance = NormalizationLayer.Create(Normalization.Instance, Channels, 0.1, CPU)!;
            instance.train(training);
            Check(Apply(instance, x), x, (n, c) => Moments(x[n][c]));
            using var layer = NormalizationLayer.Create(Normalization.Layer, Channels, 0.1, CPU)!;
            layer.train(training);
            Check(Apply(layer, x), x, (n, _) => Moments(x[n].SelectMany(c => c)));
        }
        Assert.Null(NormalizationLayer.Create(Normalization.None, Channels, 0.1, CPU));
    }

    [Fact]
    public void ActivationNormTakesItsScaleFromTheFirstTrainingBatchOnly()
    {
        using var norm = new ActivationNorm(Channels, CPU);
        double[][][] first = Numbers(), second = Numbers(2);
        norm.eval();
        Check(Apply(norm, second), second, (_, _) => (0, 1)); // scoring sets nothing
        norm.train();
        Func<int, int, (double, double)> ofFirst = (_, c) => Moments(first.SelectMany(image => image[c]), unbiased: true);
        Check(Apply(norm, first), first, ofFirst);
        Check(Apply(norm, second), second, ofFirst);
        norm.eval();
        Check(Apply(norm, second), second, ofFirst);

        // The flag travels with the weights.
        using var loaded = new ActivationNorm(Channels, CPU);
        using (no_grad())
            foreach (var (name, weight) in loaded.state_dict())
                weight.copy_(norm.state_dict()[name]);
        loaded.train();
        Check(Apply(loaded, second), second, ofFirst);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GradientsAreThoseOfTheDifferenceQuotient(Normalization kind)
    {
        // One pre-activation as the network has it; an activation written over something that the backward pass reads would give another gradient.
        using var norm = NormalizationLayer.Create(kind, Channels, 0.1, CPU)?.to(float64);
        var numbers = Numbers();
        using var scope = NewDisposeScope();
        using var weights = linspace(-1, 2, Count * Channels * Plane, dtype: float64).reshape(Count, Channels, Side, Side);
        using var input = ToTensor(numbers).to(float64);
        if (kind == Normalization.Activation)
            norm!.call(input);
        using var variable = input.clone().requires_grad_();
        using var loss = Loss(variable);
        torch.autograd.backward([loss]);
        foreach (int at in new[] { 0, 77, 140, 299 })
        {
            const double Step = 1e-5;
            double[] values = [.. input.data<double>()];
            double slope = (At(+Step) - At(-Step)) / (2 * Step);
            Assert.Equal(slope, variable.grad!.reshape(-1)[at].item<double>(), 1e-6 * Math.Max(1, Math.Abs(slope)));

            double At(double by)
            {
                double[] moved = [.. values];
                moved[at] += by;
                return Loss(tensor(moved, [Count, Channels, Side, Side])).item<double>();
            }
        }

        Tensor Loss(Tensor x) => (WideResNet.Activate(x, norm) * weights).sum();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ANetworkOfEachKindTrainsAndComesBackFromItsFile(Normalization kind)
    {
        var images = SmallImages.Patterns(60);
        var options = SmallImages.Quick with { Epochs = 1, LearningRate = 0.01, Network = new WideResNetOptions { Normalization = kind } };
        using var model = ModelTrainer.Train(images, options);
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        using var loaded = HdgeModel.Load(file, "cpu");
        float[] logits = model.Logits(images);
        Assert.All(logits, f => Assert.True(float.IsFinite(f)));
        Assert.Equal(logits, loaded.Logits(images));
        Assert.Equal(options.Network, loaded.NetworkOptions);
        if (kind == Normalization.Activation)
            Assert.Equal(1, loaded.Network.state_dict()["layer2.0.bn2.initialized"].item<long>());
    }

    /// <summary>Ours in the place of TorchSharp's batch norm, which raises its counter by a scalar that nobody holds.</summary>
    [Fact]
    public void BatchNormIsTorchSharps()
    {
        using var ours = NormalizationLayer.Create(Normalization.Batch, Channels, 0.3, CPU)!;
        using var theirs = nn.BatchNorm2d(Channels, 1e-5, 0.3);
        foreach (bool training in new[] { true, true, false })
        {
            using var scope = NewDisposeScope();
            ours.train(training);
            theirs.train(training);
            Tensor[] inputs = [ToTensor(Numbers(7)).requires_grad_(), ToTensor(Numbers(7)).requires_grad_()];
            (ours.call(inputs[0]).exp().sum() + theirs.call(inputs[1]).exp().sum()).backward();
            Assert.Equal(inputs[1].grad!.data<float>().ToArray(), inputs[0].grad!.data<float>().ToArray());
            var (own, other) = (ours.state_dict(), theirs.state_dict());
            Assert.Equal(other.Keys, own.Keys);
            foreach (var (name, value) in other)
                Assert.Equal(value.to(float64).data<double>().ToArray(), own[name].to(float64).data<double>().ToArray());
        }
        Assert.Equal(2, ours.state_dict()["num_batches_tracked"].item<long>());
    }
}
