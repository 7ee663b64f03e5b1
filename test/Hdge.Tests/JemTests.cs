using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests;

public class JemTests
{
    private static readonly ImageShape s_shape = new(1, 2, 2);

    private static readonly JemOptions s_hdgeJem = new()
    {
        ClassifierWeight = 0.5,
        DensityWeight = 2,
        ConditionalWeight = 3,
        BufferSize = 20,
        Contrast = new MemoryBankOptions { BankSize = 30, Temperature = 0.7 },
        Sampler = new SgldOptions { Steps = 6, StepSize = 0.09, Noise = 0 },
    };

    private static IObjective Create(ObjectiveOptions options, Backbone network) => options.Create(new ObjectiveContext(network, new PixelScaling(), CPU, 3));

    [Fact]
    public void ItsTermsAreThoseOfTheFormulas()
    {
        // One step of size s² takes a chain without noise to the mode of its class: LogSumExp of the samples is known.
        var network = new QuadraticNetwork(s_shape, 0.3, 0.4, 0.4, 0.4);
        network.train();
        using var objective = Create(s_hdgeJem, network);
        using var contrast = new MemoryBankObjective(3, s_hdgeJem.Contrast);
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        for (int step = 0; step < 3; step++)
        {
            var images = zeros(5, 1, 2, 2).uniform_(-1, 1, generator);
            var labels = tensor(new long[] { 0, 2, 1, 1, 0 });
            var batch = new TrainingStep(network, images, labels) { Seed = step };
            using var terms = objective.Compute(batch);
            using var hybrid = contrast.Compute(batch.Logits, new(labels));
            double Density(float[] x) => Math.Log(3) - x.Sum(v => (v - 0.4) * (v - 0.4)) / 0.18;
            double density = Math.Log(3) - images.data<float>().ToArray().Chunk(4).Average(Density);
            Assert.Equal(density, terms.Density!.item<float>(), 1e-4);
            Assert.Equal(Math.Log(3), terms.CrossEntropy!.item<float>(), 1e-5);
            Assert.Equal(hybrid.Contrastive!.item<float>(), terms.Contrastive!.item<float>());
            double contrastive = terms.Contrastive!.item<float>();
            Assert.Equal(0.5 * Math.Log(3) + 2 * density + 3 * contrastive, terms.Loss.item<float>(), 1e-4 * (1 + contrastive));
        }
        Assert.True(network.training);
    }

    [Fact]
    public void TheBufferTakesTheSamplesAndOnlyThoseDrawnChange()
    {
        var network = new QuadraticNetwork(s_shape, 0.3, 0.4, 0.4);
        using var objective = Create(s_hdgeJem with { ReinitProbability = 0.2 }, network);
        using var scope = NewDisposeScope();
        float[][] before = Buffer();
        using var terms = objective.Compute(new TrainingStep(network, zeros(6, 1, 2, 2), zeros(6, dtype: int64)) { Seed = 1 });
        float[][] after = Buffer();
        var changed = Enumerable.Range(0, 20).Where(i => !before[i].SequenceEqual(after[i])).ToList();
        Assert.InRange(changed.Count, 1, 6);
        Assert.All(changed, i => Assert.All(after[i], v => Assert.Equal(0.4f, v, 1e-5f)));

        float[][] Buffer() => [.. objective.State().Single(t => t.Key == "buffer").Value.data<float>().ToArray().Chunk(4)];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void AllTermsShareOnePassOfTheBatch(double conditional)
    {
        var network = new QuadraticNetwork(s_shape, 0.3, -0.4, 0.4);
        network.train();
        using var objective = Create(s_hdgeJem with { ConditionalWeight = conditional }, network);
        using var scope = NewDisposeScope();
        using var terms = objective.Compute(new TrainingStep(network, zeros(6, 1, 2, 2), zeros(6, dtype: int64)));
        Assert.Equal((1 + 6 + 1, 6), (network.Passes, network.EvaluationPasses)); // the batch, the chain, the samples
        Assert.Equal(conditional > 0, terms.Contrastive is not null);
    }

    [Fact]
    public void ConditionalChainsKeepEachClassInItsPartOfTheBuffer()
    {
        var network = new QuadraticNetwork(s_shape, 0.3, -0.5, 0.7);
        using var objective = Create(s_hdgeJem with { ClassConditional = true }, network);
        using var scope = NewDisposeScope();
        for (int step = 0; step < 30; step++)
            objective.Compute(new TrainingStep(network, zeros(8, 1, 2, 2), zeros(8, dtype: int64)) { Seed = step }).Dispose();
        float[][] buffer = [.. objective.State().Single(t => t.Key == "buffer").Value.data<float>().ToArray().Chunk(4)];
        for (int i = 0; i < 20; i++)
            Assert.All(buffer[i], v => Assert.Equal(i < 10 ? -0.5f : 0.7f, v, 1e-4f));
    }

    [Fact]
    public void SenselessWeightsAndNetworksAreRefused()
    {
        Assert.Contains("all 0", Assert.Throws<ArgumentException>(() => new JemOptions { ClassifierWeight = 0, DensityWeight = 0 }.Validate()).Message, StringComparison.Ordinal);
        foreach (var (bad, name) in new (JemOptions, string)[] { (new() { ClassifierWeight = -1 }, "ClassifierWeight"), (new() { DensityWeight = double.NaN }, "DensityWeight"), (new() { ConditionalWeight = -0.1 }, "ConditionalWeight"), (new() { BufferSize = 0 }, "BufferSize"), (new() { ReinitProbability = 2 }, "ReinitProbability"), (new() { Sampler = new SgldOptions { Steps = -1 } }, "Steps"), (new() { Contrast = new MemoryBankOptions { BankSize = 0 } }, "BankSize") })
            Assert.StartsWith(name + " is", Assert.Throws<ArgumentOutOfRangeException>(bad.Validate).Message, StringComparison.Ordinal);
        var options = SmallImages.Quick with { Objective = new JemOptions() };
        Assert.Contains("batch norm", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(SmallImages.Patterns(9), options)).Message, StringComparison.Ordinal);
        (options with { Network = new WideResNetOptions { Normalization = Normalization.None } }).Validate(SmallImages.Shape);
    }

    [Fact]
    public void ItLearnsPatternsAndTellsEveryTerm()
    {
        var metrics = new List<EpochMetrics>();
        var options = SmallImages.Quick with
        {
            Epochs = 5,
            Optimizer = OptimizerKind.Adam,
            LearningRate = 0.002,
            Network = new WideResNetOptions { Normalization = Normalization.None },
            Objective = new JemOptions { ConditionalWeight = 0.01, BufferSize = 100, Sampler = new SgldOptions { Steps = 3 }, Contrast = new MemoryBankOptions { BankSize = 100 } },
        };
        using var model = ModelTrainer.Train(SmallImages.Patterns(150), options, metrics.Add);
        var test = SmallImages.Patterns(90, seed: 2);
        var scores = model.Score(test);
        Assert.True(Enumerable.Range(0, 90).Count(i => scores.PredictedClass[i] == test.Labels[i]) > 75, $"last: {metrics[^1]}");
        Assert.All(metrics, m => Assert.True(m is { CrossEntropy: not null, Contrastive: not null, Density: not null }, m.ToString()));
    }
}
