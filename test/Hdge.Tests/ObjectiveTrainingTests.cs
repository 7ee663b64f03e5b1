using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>The objectives in training runs: that they learn, what they report, what they refuse.</summary>
public class ObjectiveTrainingTests
{
    private static readonly AugmentationOptions s_crops = new() { CropPadding = 1 };

    private static readonly ObjectiveOptions[] s_objectives =
    [
        new CrossEntropyOptions(),
        new MemoryBankOptions { Alpha = 1, BankSize = 100 },
        new MemoryBankOptions { Alpha = 0, BankSize = 100, Form = MemoryBankForm.PublishedL2, Temperature = 0.1 },
        new InBatchOptions(),
        new InBatchOptions { Views = 2, Alpha = 0.3 },
        new ContrastiveDensityOptions { BankSize = 100 },
        new SupervisedContrastiveOptions(),
        new SupervisedContrastiveOptions { Views = 2, ProjectionLength = 16 },
        new SupervisedContrastiveOptions { Alpha = 0.5, LinearEpochs = 0 },
        new AdversarialTrainingOptions { Attack = new PgdOptions { Epsilon = 0.05, Steps = 2 } },
        new AdversarialTrainingOptions { Inner = new InBatchOptions { Views = 2 }, Attack = new PgdOptions { Norm = PgdNorm.L2, Epsilon = 0.5, Steps = 1 } },
    ];

    public static TheoryData<int> Objectives() => [.. Enumerable.Range(0, s_objectives.Length)];

    private static TrainingOptions Quick(ObjectiveOptions objective) => SmallImages.Quick with { Objective = objective, Augmentation = s_crops, Epochs = 3, LearningRate = 0.02 };

    [Theory]
    [MemberData(nameof(Objectives))]
    public void EveryObjectiveLearnsPatternsAndSaysWhatItMeasures(int number)
    {
        var objective = s_objectives[number];
        var metrics = new List<EpochMetrics>();
        using var model = ModelTrainer.Train(SmallImages.Patterns(240), Quick(objective), metrics.Add);
        var test = SmallImages.Patterns(90, seed: 2);
        var scores = model.Score(test);
        int right = Enumerable.Range(0, 90).Count(i => scores.PredictedClass[i] == test.Labels[i]);
        Assert.True(right > 80, $"{objective}: {right} of 90, last {metrics[^1]}");
        Assert.All(metrics, m => Assert.True(double.IsFinite(m.Loss)));

        var network = metrics.Where(m => m.Stage == TrainingStage.Network).ToArray();
        var linear = metrics.Where(m => m.Stage == TrainingStage.LinearLayer).ToArray();
        Assert.Equal([1, 2, 3], network.Select(m => m.Epoch));
        bool classifies = objective is not SupervisedContrastiveOptions { Alpha: 0 };
        Assert.All(network, m => Assert.Equal(classifies, m.CrossEntropy is not null));
        Assert.All(network, m => Assert.Equal(classifies, m.TrainAccuracy is not null));
        Assert.All(network, m => Assert.Equal(classifies, m.ValidationAccuracy is not null));
        Assert.All(network, m => Assert.Equal(objective is ContrastiveDensityOptions, m.Density is not null));
        Assert.All(network.Where(m => m.TrainAccuracy is not null), m => Assert.InRange(m.TrainAccuracy!.Value, 0.2, 1));
        int expected = objective is SupervisedContrastiveOptions stage ? stage.LinearEpochs : 0;
        Assert.Equal(Enumerable.Range(1, expected), linear.Select(m => m.Epoch));
        Assert.All(linear, m => Assert.InRange(m.TrainAccuracy!.Value, m.Epoch > 10 ? 0.8 : 0, 1));
        Assert.All(linear, m => Assert.StartsWith($"linear layer, epoch {m.Epoch}/{expected}: ", m.ToString(), StringComparison.Ordinal));
        Assert.Equal(metrics.Select(m => m.Elapsed).Order(), metrics.Select(m => m.Elapsed));
    }

    [Fact]
    public void TheLinearStageTrainsTheLinearLayerAloneAndTellsItsLoss()
    {
        var images = SmallImages.Patterns(120);
        var options = Quick(new SupervisedContrastiveOptions { LinearEpochs = 1 }) with { ValidationFraction = 0 };
        var metrics = new List<EpochMetrics>();
        using var one = ModelTrainer.Train(images, options);
        using var many = ModelTrainer.Train(images, options with { Objective = new SupervisedContrastiveOptions { LinearEpochs = 30 } }, metrics.Add);
        var (short_, long_) = (one.Network.state_dict(), many.Network.state_dict());
        foreach (var (name, weight) in short_)
            Assert.Equal(name is "linear.weight" or "linear.bias", !weight.allclose(long_[name], rtol: 0, atol: 0));
        Assert.True(metrics[^1].Loss < metrics[^30].Loss);
        Assert.All(metrics[^30..], m => Assert.Null(m.ValidationLoss));
        // With its rate near 0 at the end, the last epoch's loss is that of the finished model on the images as they are.
        float[] logits = many.Logits(images);
        double loss = Enumerable.Range(0, images.Count).Average(i => LogitRow.Summarise(logits.AsSpan(3 * i, 3)).LogDensity - logits[3 * i + images.Labels[i]]);
        Assert.Equal(1, metrics[^1].Loss / loss, 0.02);
    }

    [Fact]
    public void TheProjectionHeadIsTrainedAndLeftOutOfTheModel()
    {
        var images = SmallImages.Patterns(60);
        var network = new WideResNetOptions().Create(SmallImages.Shape, 3, 1);
        using var model = new HdgeModel(network, new PixelScaling(), CPU);
        using var objective = new SupervisedContrastiveOptions { ProjectionLength = 8 }.Create(new ObjectiveContext(network, new PixelScaling(), CPU, 1));
        Assert.Equal(64 * 64 + 64 + 8 * 64 + 8, objective.Parameters.Sum(p => p.numel()));
        using var scope = NewDisposeScope();
        var input = tensor(images.Bytes(0, 6).ToArray().Select(b => b / 127.5f - 1).ToArray(), [6, 1, 8, 8]);
        using var terms = objective.Compute(new TrainingStep(network, input, tensor(new long[] { 0, 1, 2, 0, 1, 2 })));
        terms.Loss.backward();
        Assert.All(objective.Parameters, p => Assert.True(p.grad!.abs().sum().item<float>() > 0));
        Assert.Null(network.state_dict().Keys.FirstOrDefault(name => name.Contains("projection", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void AdversarialTrainingHandsOnImagesThatAreWorse()
    {
        var images = SmallImages.Patterns(30);
        var options = new AdversarialTrainingOptions { Attack = new PgdOptions { Epsilon = 0.1, Steps = 5 } };
        using var model = ModelTrainer.Train(images, Quick(new CrossEntropyOptions()));
        using var objective = options.Create(new ObjectiveContext(model.Network, model.Scaling, CPU, 1));
        using var scope = NewDisposeScope();
        var input = tensor(images.Bytes(0, 12).ToArray().Select(b => b / 127.5f - 1).ToArray(), [12, 1, 8, 8]);
        var labels = tensor(images.Labels[..12].ToArray().Select(l => (long)l).ToArray());
        (float Loss, float[] Images) Step(int seed)
        {
            var step = new TrainingStep(model.Network, input, labels) { Seed = seed };
            using var terms = objective.Compute(step);
            return (terms.Loss.item<float>(), step.Images.data<float>().ToArray());
        }
        float clean = nn.functional.cross_entropy(model.Network.call(input), labels).item<float>();
        var (loss, attacked) = Step(1);
        Assert.True(loss > clean, $"{clean} to {loss}");
        float[] before = input.data<float>().ToArray();
        // ε = 0.1 of a pixel is 0.2 of network input, which goes from −1 to 1.
        Assert.InRange(attacked.Zip(before).Max(p => Math.Abs(p.First - p.Second)), 0.1, 0.2 + 2e-6);
        Assert.All(attacked, v => Assert.InRange(v, -1.000001, 1.000001));
        Assert.Equal(attacked, Step(1).Images);
        Assert.NotEqual(attacked, Step(2).Images);
    }

    [Fact]
    public void BothViewsAreImagesOfTheStep()
    {
        var images = SmallImages.Patterns(5);
        using var scope = NewDisposeScope();
        var loader = new BatchLoader(images, 3, new PixelScaling(), s_crops, shuffle: false, seed: 1, views: 2);
        foreach (var batch in loader.Epoch(0))
        {
            var (pixels, targets) = DeviceBatch.Of(batch, images.Shape, CPU);
            Assert.Equal(batch.Pixels.ToArray().Concat(batch.SecondPixels.ToArray()), pixels.data<float>().ToArray());
            Assert.Equal(batch.Labels.ToArray().Concat(batch.Labels.ToArray()), targets.Labels.data<long>().ToArray());
            Assert.Equal([2 * batch.Count, 1, 8, 8], pixels.shape);
        }
    }

    [Fact]
    public void RunsWithStateGoOnFromACheckpointAsIfNothingHadHappened()
    {
        var images = SmallImages.Patterns(60);
        ObjectiveOptions[] objectives =
        [
            new SupervisedContrastiveOptions { LinearEpochs = 2 },
            new AdversarialTrainingOptions { Inner = new ContrastiveDensityOptions { Alpha = 0.5, BankSize = 100 }, Attack = new PgdOptions { Steps = 1 } },
        ];
        foreach (var objective in objectives)
        {
            string folder = Directory.CreateTempSubdirectory("hdge").FullName;
            try
            {
                var options = Quick(objective);
                using var whole = ModelTrainer.Train(images, options);
                options = options with { Checkpoint = new CheckpointOptions { Path = Path.Combine(folder, "run"), Resume = true } };
                using var stop = new CancellationTokenSource();
                Assert.ThrowsAny<OperationCanceledException>(() => ModelTrainer.Train(images, options, m => { if (m.Epoch == 2) stop.Cancel(); }, stop.Token));
                using var resumed = ModelTrainer.Train(images, options);
                Assert.Equal(whole.Logits(images), resumed.Logits(images));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    [Fact]
    public void SenselessOptionsAreRefusedWithAReason()
    {
        static void Refused(string part, ObjectiveOptions objective, TrainingOptions? run = null)
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => ((run ?? SmallImages.Quick) with { Objective = objective }).Validate(SmallImages.Shape));
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
        Refused("Alpha is NaN", new InBatchOptions { Alpha = double.NaN });
        Refused("Temperature is 0", new InBatchOptions { Temperature = 0 });
        Refused("Views is 3, expected 1 or 2", new InBatchOptions { Views = 3 });
        Refused("BatchSize is 1, expected at least 2 for InBatchOptions", new InBatchOptions(), SmallImages.Quick with { BatchSize = 1 });
        Refused("BatchSize is 1, expected at least 2", new AdversarialTrainingOptions { Inner = new InBatchOptions() }, SmallImages.Quick with { BatchSize = 1 });
        Refused("both would be the same image", new SupervisedContrastiveOptions { Views = 2 });
        Refused("nothing trains the classifier", new SupervisedContrastiveOptions { LinearEpochs = 0 });
        Refused("Alpha is 1, expected [0, 1)", new SupervisedContrastiveOptions { Alpha = 1 });
        Refused("ProjectionLength is 1", new SupervisedContrastiveOptions { ProjectionLength = 1 });
        Refused("LinearLearningRate is 2", new SupervisedContrastiveOptions { LinearLearningRate = 2 });
        Refused("BankSize is 0", new ContrastiveDensityOptions { BankSize = 0 });
        Refused("SupervisedContrastiveOptions, which adversarial training cannot wrap: its adversary would need a classifier", new AdversarialTrainingOptions { Inner = new SupervisedContrastiveOptions() });
        Refused("does not train", new AdversarialTrainingOptions { Inner = new ContrastiveDensityOptions { Alpha = 0 } });
        Refused("attacked twice", new AdversarialTrainingOptions { Inner = new AdversarialTrainingOptions() });
        Refused("log q(x) would become that of attacked images", new AdversarialTrainingOptions { Inner = new JemOptions() });
        Refused("Attack.Epsilon is 0", new AdversarialTrainingOptions { Attack = new PgdOptions { Epsilon = 0 } });
        Refused("Steps is 0", new AdversarialTrainingOptions { Attack = new PgdOptions { Steps = 0 } });
    }
}
