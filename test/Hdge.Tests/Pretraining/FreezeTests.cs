using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Persistence;
using Hdge.Training;

namespace Hdge.Tests.Pretraining;

public sealed class FreezeTests : IDisposable
{
    private static readonly ImageSet s_train = SmallImages.Patterns(120), s_test = SmallImages.Patterns(30, seed: 3);
    private static readonly TrainingOptions s_options = SmallImages.Quick with { Epochs = 6, LearningRate = 0.2, Objective = new InBatchOptions() };

    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Freeze.None, 0)]
    [InlineData(Freeze.Stem, 1)]
    [InlineData(Freeze.Stage1, 2)]
    [InlineData(Freeze.Stage2, 3)]
    [InlineData(Freeze.Stage3, 4)]
    [InlineData(Freeze.Backbone, 5)]
    public void WhatIsFrozenStaysBitForBitAndTheRestLearns(Freeze freeze, int parts)
    {
        string[] names = ["conv1.", "layer1.", "layer2.", "layer3.", "bn1.", "linear."];
        string source = Saved(s_options with { Epochs = 1 });
        using var before = HdgeModel.Load(source, "cpu");
        // Noise has the running averages put right after training: not those of frozen layers.
        using var after = ModelTrainer.Train(s_train, s_options with { Epochs = 2, Pretrained = source, Freeze = freeze, Augmentation = new() { NoiseDeviation = 0.05 } });
        var old = before.Network.state_dict();
        foreach (var (name, weight) in after.Network.state_dict())
        {
            bool frozen = Array.FindIndex(names, prefix => name.StartsWith(prefix, StringComparison.Ordinal)) < parts;
            Assert.True(frozen == weight.contiguous().bytes.SequenceEqual(old[name].contiguous().bytes), $"{name} {(frozen ? "changed" : "stayed")}");
        }
    }

    [Fact]
    public void AFrozenNetworkSeesEachImageOnceAndItsHeadLearnsAsIfItHadSeenThemInEveryEpoch()
    {
        string source = Saved(s_options with { Network = new CountingOptions(), Epochs = 1 });
        var options = s_options with
        {
            Network = new CountingOptions(),
            Pretrained = source,
            Freeze = Freeze.Backbone,
            Detection = new() { Also = [DetectionScore.NearestNeighbors, DetectionScore.Vim, DetectionScore.Mahalanobis], SampleSize = 50 },
        };
        var epochs = new List<EpochMetrics>();
        CountingOptions.Passed = 0;
        using var once = ModelTrainer.Train(s_train, options, epochs.Add);
        Assert.Equal(s_train.Count, CountingOptions.Passed);
        Assert.Equal(6, epochs.Count);
        var log = new List<string>();
        using var always = ModelTrainer.Train(s_train, options with { Objective = new Through() }, new TrainingCallbacks { Log = log.Add });
        Assert.True(CountingOptions.Passed > 7 * s_train.Count);
        Assert.Contains(log, line => line.Contains("Through looks at more than its features", StringComparison.Ordinal));

        foreach (var (name, weight) in once.Network.state_dict())
            Assert.True((weight - always.Network.state_dict()[name]).abs().max().to(float32).item<float>() < 1e-4, name);
        Assert.Equal(always.Temperature, once.Temperature, 1e-3);
        Assert.Equal(always.Decision.Lower, once.Decision.Lower, 1e-3);
        var (some, others) = (once.Score(s_test), always.Score(s_test));
        foreach (var score in once.Detectors.Available.Where(s => DetectorRegistry.GradientFree.Contains(s)))
            Assert.All(once.DetectionScores(s_test, [score])[score].Zip(always.DetectionScores(s_test, [score])[score]), pair => Assert.Equal(pair.Second, pair.First, 1e-2 * (1 + Math.Abs(pair.Second))));
        Assert.Equal(others.PredictedClass.Take(30), some.PredictedClass.Take(30));
        Assert.True(epochs[^1].ValidationAccuracy > 0.8);
        Assert.Null(once.Kept);
    }

    [Fact]
    public void WhereImagesChangeTheyPassEveryTimeAndTheLogSaysSo()
    {
        string source = Saved(s_options with { Network = new CountingOptions(), Epochs = 1 });
        var log = new List<string>();
        CountingOptions.Passed = 0;
        using var model = ModelTrainer.Train(s_train, s_options with { Network = new CountingOptions(), Pretrained = source, Freeze = Freeze.Backbone, Augmentation = new() { CropPadding = 1 } }, new TrainingCallbacks { Log = log.Add });
        Assert.True(CountingOptions.Passed > 6 * s_train.Count * 4 / 5);
        Assert.Contains(log, line => line.Contains("Augmentation changes it each time", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(typeof(CrossEntropyOptions))]
    [InlineData(typeof(MemoryBankOptions))]
    [InlineData(typeof(ContrastiveDensityOptions))]
    [InlineData(typeof(SupervisedContrastiveOptions))]
    [InlineData(typeof(JemOptions))]
    public void EveryObjectiveTrainsTheHeadOfAFrozenNetwork(Type objective)
    {
        bool samples = objective == typeof(JemOptions);
        var network = new WideResNetOptions { Normalization = samples ? Normalization.None : Normalization.Batch };
        string source = Saved(s_options with { Network = network, Epochs = 4, LearningRate = samples ? 0.02 : 0.2 });
        var options = s_options with
        {
            Epochs = 2,
            Pretrained = source,
            Freeze = Freeze.Backbone,
            Objective = samples ? new JemOptions { BufferSize = 30, Sampler = new() { Steps = 2 } } : (ObjectiveOptions)Activator.CreateInstance(objective)!,
            Network = network,
            LearningRate = 0.05,
        };
        using var before = HdgeModel.Load(source, "cpu");
        using var model = ModelTrainer.Train(s_train, options);
        Assert.True(model.Network.state_dict()["layer3.0.conv1.weight"].contiguous().bytes.SequenceEqual(before.Network.state_dict()["layer3.0.conv1.weight"].contiguous().bytes));
        Assert.False(model.Network.state_dict()["linear.weight"].contiguous().bytes.SequenceEqual(before.Network.state_dict()["linear.weight"].contiguous().bytes));
        var scores = model.Score(s_test);
        Assert.True(Enumerable.Range(0, 30).Count(i => scores.PredictedClass[i] == s_test.Labels[i]) > 15);
    }

    [Fact]
    public void AFrozenRunThatIsKilledGoesOnToTheSameModel()
    {
        string source = Saved(s_options with { Network = new CountingOptions(), Epochs = 1 });
        var options = s_options with { Network = new CountingOptions(), Pretrained = source, Freeze = Freeze.Backbone };
        using var whole = ModelTrainer.Train(s_train, options);
        var checkpoint = new CheckpointOptions { Path = Path.Combine(_folder, "run.checkpoint") };
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => ModelTrainer.Train(s_train, options with { Checkpoint = checkpoint }, m =>
        {
            if (m.Epoch == 3)
                cancel.Cancel();
        }, cancel.Token));
        var (_, tensors) = Checkpoint.Read(checkpoint.Path);
        Assert.DoesNotContain(tensors.Keys, name => name.Contains("conv", StringComparison.Ordinal)); // the last layer alone
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        using var resumed = ModelTrainer.Train(s_train, options with { Checkpoint = checkpoint with { Resume = true } });
        Assert.Equal(Bytes(whole), Bytes(resumed));
        Assert.Contains("Freeze", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(s_train, options with { Freeze = Freeze.None, Checkpoint = checkpoint with { Resume = true } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADivergedFrozenRunHasItsLastGoodModel()
    {
        string source = Saved(s_options with { Network = new CountingOptions(), Epochs = 1 });
        using var file = File.OpenRead(source);
        var before = Safetensors.ReadAll(file, file.Length, "weights");
        var error = Assert.Throws<DivergenceException>(() => ModelTrainer.Train(s_train, s_options with
        {
            Network = new CountingOptions(),
            Pretrained = source,
            Freeze = Freeze.Backbone,
            Schedule = ScheduleKind.Step,
            LearningRate = 0.05,
            WarmUpSteps = 0,
            Epochs = 4,
            Objective = new Exploding(),
        }));
        using var good = error.LastGoodModel!;
        Assert.Equal(before["conv.weight"].contiguous().bytes.ToArray(), good.Network.state_dict()["conv.weight"].contiguous().bytes.ToArray());
        Assert.NotEqual(before["linear.weight"].contiguous().bytes.ToArray(), good.Network.state_dict()["linear.weight"].contiguous().bytes.ToArray());
        Assert.True(good.Score(s_test).Probabilities.All(float.IsFinite));
    }

    [Fact]
    public void TheBackboneHasALearningRateOfItsOwn()
    {
        string source = Saved(s_options with { Epochs = 1 });
        using var before = HdgeModel.Load(source, "cpu");
        var options = s_options with { Epochs = 1, Pretrained = source, Momentum = 0, WeightDecay = 0, BatchSize = s_train.Count, LearningRate = 1e-3, Objective = new CrossEntropyOptions() };
        var moves = new double?[] { null, 0.1, 1, 0 }.Select(factor =>
        {
            using var model = ModelTrainer.Train(s_train, options with { BackboneLearningRateFactor = factor });
            return (Moved(model, "layer2.0.conv1.weight"), Moved(model, "linear.weight"));
        }).ToList();
        Assert.Equal(moves[1], moves[0]); // 0.1 is the default of a pre-trained network
        Assert.Equal(0, moves[3].Item1);
        Assert.InRange(moves[2].Item1 / moves[1].Item1, 9, 11); // one step
        Assert.All(moves, move => Assert.Equal(moves[0].Item2, move.Item2, 1e-7));
        Assert.True(moves[0].Item2 > 0);

        double Moved(HdgeModel model, string name) => (model.Network.state_dict()[name] - before.Network.state_dict()[name]).norm().item<float>();
    }

    [Fact]
    public void WhatCannotBeFrozenIsRefused()
    {
        string source = Saved(s_options with { Network = new CountingOptions(), Epochs = 1 });
        Says("Freeze is Stage1, but", s_options with { Network = new CountingOptions(), Pretrained = source, Freeze = Freeze.Stage1 }, "no stages");
        Says("Pretrained names no weights", s_options with { Freeze = Freeze.Backbone });
        Says("Freeze is 77", s_options with { Pretrained = source, Freeze = (Freeze)77 });
        Says("BackboneLearningRateFactor is -1", s_options with { BackboneLearningRateFactor = -1 });
        Says("BackboneLearningRateFactor is NaN", s_options with { BackboneLearningRateFactor = double.NaN });

        static void Says(string part, TrainingOptions options, string also = "")
        {
            string message = Assert.ThrowsAny<ArgumentException>(() => ModelTrainer.Train(s_train, options)).Message;
            Assert.Contains(part, message, StringComparison.Ordinal);
            Assert.Contains(also, message, StringComparison.Ordinal);
        }
    }

    private string Saved(TrainingOptions options)
    {
        using var model = ModelTrainer.Train(s_train, options);
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}");
        if (options.Network is not CountingOptions)
        {
            model.Save(path += ".hdge");
            return path;
        }
        using var file = File.Create(path += ".safetensors"); // its kind has no name
        Safetensors.Write(model.Network.state_dict(), file);
        return path;
    }

    private static byte[] Bytes(HdgeModel model) =>
        [.. model.Network.state_dict().OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value.contiguous().bytes.ToArray()), .. BitConverter.GetBytes(model.Decision.Lower), .. BitConverter.GetBytes(model.Temperature)];

    /// <summary>The default objective, which does not say that features are all it looks at.</summary>
    private sealed record Through : ObjectiveOptions
    {
        public override void Validate()
        {
        }

        public override IObjective Create(ObjectiveContext context) => new InBatchOptions().Create(context);
    }

    /// <summary>Cross-entropy whose loss is no number in the third epoch.</summary>
    private sealed record Exploding : ObjectiveOptions
    {
        protected internal override bool TakesFeaturesAlone => true;

        public override void Validate()
        {
        }

        public override IObjective Create(ObjectiveContext context) => new Bomb();

        private sealed class Bomb : IObjective
        {
            private readonly CrossEntropyObjective _inner = new();
            private int _steps;

            public ObjectiveTerms Compute(TrainingStep batch)
            {
                var terms = _inner.Compute(batch);
                return ++_steps < 14 ? terms : new ObjectiveTerms(terms.Loss.mul(double.NaN), null);
            }

            public void Dispose() => _inner.Dispose();
        }
    }
}
