using System.Diagnostics;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests.Scalars;

/// <summary>Trials A1: what runs beside a busy garbage collector neither fails nor gives other numbers. Each for a few seconds; <c>bench gc</c> takes longer.</summary>
public sealed class GcStressTests
{
    private static readonly ImageShape s_shape = new(1, 16, 16);

    /// <summary>Repeats what gives numbers beside four allocating threads, at least twice, and compares with the undisturbed ones.</summary>
    private static void Compare(double seconds, Func<double[]> numbers)
    {
        double[] expected = numbers();
        using var garbage = new GarbageThreads();
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 2 || clock.Elapsed.TotalSeconds < seconds; i++)
            Assert.Equal(expected, numbers());
    }

    private static double[] Weights(HdgeModel model)
    {
        using var scope = NewDisposeScope();
        return [.. model.Network.state_dict().OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value.to(float64).data<double>().ToArray()), model.Temperature, model.Decision.Lower];
    }

    [Fact]
    public void Training_gives_the_undisturbed_weights()
    {
        var options = SmallImages.Quick with
        {
            Epochs = 1,
            BatchSize = 32,
            Augmentation = new AugmentationOptions { NoiseDeviation = 0.05 },
            Network = new WideResNetOptions { DropoutRate = 0.1, Normalization = Normalization.Batch },
        };
        Compare(9, () =>
        {
            using var model = ModelTrainer.Train(SmallImages.Patterns(96, shape: s_shape), options);
            return Weights(model);
        });
    }

    [Theory]
    [InlineData("Adam, in-batch, instance norm")]
    [InlineData("AdamW, supervised contrastive, layer norm")]
    [InlineData("SGD, adversarial, activation norm")]
    [InlineData("Adam, JEM and HDGE, no norm")]
    public void Every_kind_of_training_gives_the_undisturbed_weights(string kind)
    {
        var options = SmallImages.Quick with
        {
            Epochs = 1,
            Optimizer = kind[..4] == "SGD," ? OptimizerKind.Sgd : kind[..5] == "AdamW" ? OptimizerKind.AdamW : OptimizerKind.Adam,
            LearningRate = 0.001,
            Network = new WideResNetOptions
            {
                Normalization = kind.Contains("instance", StringComparison.Ordinal) ? Normalization.Instance
                    : kind.Contains("layer", StringComparison.Ordinal) ? Normalization.Layer
                    : kind.Contains("activation", StringComparison.Ordinal) ? Normalization.Activation : Normalization.None,
            },
            Objective = kind switch
            {
                _ when kind.Contains("in-batch", StringComparison.Ordinal) => new InBatchOptions(),
                _ when kind.Contains("contrastive", StringComparison.Ordinal) => new SupervisedContrastiveOptions { LinearEpochs = 1 },
                _ when kind.Contains("adversarial", StringComparison.Ordinal) => new AdversarialTrainingOptions { Inner = new CrossEntropyOptions(), Attack = new PgdOptions { Steps = 2 } },
                _ => new JemOptions { BufferSize = 40, Sampler = new SgldOptions { Steps = 2 }, ConditionalWeight = 0.5, Contrast = new MemoryBankOptions { BankSize = 50 } },
            },
        };
        Compare(1, () =>
        {
            using var model = ModelTrainer.Train(SmallImages.Patterns(60), options);
            return Weights(model);
        });
    }

    [Fact]
    public void Scoring_attacks_and_samples_give_the_undisturbed_numbers()
    {
        using var model = new HdgeModel(new WideResNetOptions().Create(s_shape, 3, 1), new PixelScaling(), CPU);
        var images = SmallImages.Patterns(60, shape: s_shape);
        model.Calibrate(images);
        model.FitDetectors(images, images, new DetectionOptions { Also = DetectorRegistry.GradientFree });
        var single = new ScoreBatch(1, 3);
        Compare(5, () =>
        {
            var numbers = new List<double>();
            for (int i = 0; i < 600; i++)
            {
                model.Score(images.Bytes(i % images.Count, 1), 1, single);
                numbers.AddRange([single.LogDensity[0], single.Confidence[0]]);
            }
            numbers.AddRange(model.DetectionScores(images.Take(20), model.Detectors.Available).OrderBy(s => s.Key.Name, StringComparer.Ordinal).SelectMany(s => s.Value).Select(s => (double)s));
            numbers.AddRange(Pgd.Attack(model, images.Take(6), new PgdOptions { Steps = 3, Restarts = 1, Norm = PgdNorm.L2 }).Loss);
            numbers.AddRange(Pgd.Attack(model, images.Take(6), new PgdOptions { Steps = 3, Restarts = 1 }).Loss);
            numbers.AddRange(model.Sample(new SampleOptions { Count = 4, Chain = new SgldOptions { Steps = 5 } }).Bytes(0, 4).ToArray().Select(b => (double)b));
            return [.. numbers];
        });
    }
}
