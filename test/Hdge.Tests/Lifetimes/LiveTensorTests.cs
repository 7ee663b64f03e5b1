using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests.Lifetimes;

/// <summary>As many tensors live after a public operation as before it.</summary>
public sealed class LiveTensorTests : IClassFixture<LiveTensorTests.Trained>
{
    public sealed class Trained : IDisposable
    {
        public HdgeModel Model { get; } = ModelTrainer.Train(s_train, SmallImages.Quick);

        public void Dispose() => Model.Dispose();
    }

    private static readonly ImageSet s_train = SmallImages.Patterns(48), s_images = SmallImages.Patterns(12, seed: 9);
    private static readonly byte[] s_bytes = s_images.Bytes(0, 12).ToArray();
    private static readonly float[] s_singles = [.. s_bytes.Select(b => b / 255f)];
    private static readonly TrainingOptions s_quick = SmallImages.Quick with { Epochs = 1 };
    private static readonly IReadOnlyList<DetectionScore> s_all = DetectorRegistry.All;

    private static readonly Dictionary<string, Action<HdgeModel>> s_operations = new()
    {
        ["score bytes"] = model => model.Score(s_bytes, 12, new ScoreBatch(12, 3)),
        ["score singles"] = model => model.Score(s_singles, 12, new ScoreBatch(12, 3)),
        ["score a set"] = model => model.Score(s_images),
        ["refuse a value that is not finite"] = model => Assert.Throws<ArgumentException>(() => model.Score([.. s_singles[..^1], float.NaN], 12, new ScoreBatch(12, 3))),
        ["logits"] = model => model.Logits(s_images),
        ["calibrate"] = model => model.Calibrate(s_images, method: CalibrationMethod.Auto, predictionSets: new ConformalOptions()),
        ["fit every detector"] = model => Fit(model, new DetectionOptions { Score = DetectionScore.Vim, Also = s_all, Detectors = [new RankAverageDetector { Scores = [DetectionScore.ReAct, DetectionScore.Ash] }] }),
        ["fit detectors, Auto"] = model => Fit(model, new DetectionOptions { Score = DetectionScore.Auto }),
        ["fit detectors, a rank average"] = model => Fit(model, new DetectionOptions { Score = DetectionScore.RankAverage, Detectors = [new RankAverageDetector { Scores = [DetectionScore.Ash, DetectionScore.LogDensity] }] }),
        ["fit detectors, cancelled"] = model => Assert.ThrowsAny<OperationCanceledException>(() =>
            model.FitDetectors(s_train, s_images, new DetectionOptions { Score = DetectionScore.Auto }, cancellationToken: new CancellationToken(canceled: true))),
        ["sample"] = model => model.Sample(new SampleOptions { Count = 5, BatchSize = 3, Chain = new SgldOptions { Steps = 3 } }),
        ["sample classes"] = model => model.Sample(new SampleOptions { Count = 5, Classes = [0, 2], Chain = new SgldOptions { Steps = 3 } }),
        ["attack, L-infinity"] = model => Pgd.Attack(model, s_images, new PgdOptions { Steps = 3, Restarts = 2 }),
        ["attack, L2, targeted"] = model => Pgd.Attack(model, s_images, new PgdOptions { Norm = PgdNorm.L2, Epsilon = 0.5, Steps = 3 }, [.. Enumerable.Repeat(1, 12)]),
        ["robust accuracy"] = model => RobustAccuracy.Curve(model, s_images, [0, 0.03], new PgdOptions { Steps = 2 }),
        ["save and load"] = model =>
        {
            using var file = new MemoryStream();
            model.Save(file);
            file.Position = 0;
            using var loaded = HdgeModel.Load(file, "cpu");
            loaded.Score(s_images);
        },
        ["refuse a damaged file"] = model =>
        {
            using var file = new MemoryStream();
            model.Save(file);
            byte[] bytes = file.ToArray();
            Array.Clear(bytes, bytes.Length / 2, 100);
            Assert.ThrowsAny<Exception>(() => HdgeModel.Load(new MemoryStream(bytes[..(bytes.Length / 2)]), "cpu"));
        },
        ["create networks"] = _ =>
        {
            foreach (var kind in Enum.GetValues<Normalization>())
                using (new WideResNetOptions { Normalization = kind, DropoutRate = 0.1 }.Create(SmallImages.Shape, 3))
                {
                }
        },
        ["create a ResNet-50"] = _ => new ResNet50Options { SmallImages = true }.Create(new ImageShape(1, 16, 16), 3).Dispose(),
        ["enlarge for a ResNet-18"] = _ =>
        {
            using var network = new ResNet18Options { InputSize = 32 }.Create(new ImageShape(1, 8, 8), 3);
            using var images = TorchSharp.torch.zeros(2, 1, 8, 8);
            network.call(images).Dispose();
        },
        ["train the last layer of a frozen network"] = model => FromSaved(model, "test.hdge", path => Train(s_quick with
        {
            Network = model.NetworkOptions,
            Pretrained = path,
            Freeze = Freeze.Backbone,
            Detection = new DetectionOptions { Score = DetectionScore.Auto, Also = s_all },
        })),
        ["fine-tune, a stage frozen"] = model => FromSaved(model, "test.hdge", path => Train(s_quick with { Network = model.NetworkOptions, Pretrained = path, Freeze = Freeze.Stage1 })),
        ["refuse pre-trained weights of another network"] = model => FromSaved(model, "test.hdge", path =>
            Assert.Throws<ArgumentException>(() => Train(s_quick with { Network = new WideResNetOptions { Depth = 16 }, Pretrained = path }))),
        ["train, SGD, memory bank"] = _ => Train(s_quick),
        ["train, Adam, in the batch"] = _ => Train(s_quick with { Optimizer = OptimizerKind.Adam, Objective = new InBatchOptions() }),
        ["train, cross-entropy, dropout, noise"] = _ => Train(s_quick with
        {
            Objective = new CrossEntropyOptions(),
            Augmentation = new() { NoiseDeviation = 0.03 },
            Network = new WideResNetOptions { Normalization = Normalization.Batch, DropoutRate = 0.2 },
        }),
        ["train, JEM"] = _ => Train(s_quick with
        {
            Objective = new JemOptions { BufferSize = 30, Sampler = new SgldOptions { Steps = 2 } },
            Network = new WideResNetOptions { Normalization = Normalization.None },
            LearningRate = 1e-4,
        }),
        ["train, supervised contrastive"] = _ => Train(s_quick with { Objective = new SupervisedContrastiveOptions { LinearEpochs = 2 } }),
        ["train, adversarial"] = _ => Train(s_quick with { Objective = new AdversarialTrainingOptions { Attack = new() { Steps = 2 } } }),
        ["train, cancelled"] = _ =>
        {
            using var stop = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => ModelTrainer.Train(s_train, s_quick with { Epochs = 3 }, _ => stop.Cancel(), stop.Token));
        },
        ["train, diverged"] = _ =>
        {
            var error = Assert.Throws<DivergenceException>(() => Train(s_quick with { LearningRate = 1e30, Epochs = 3 }));
            error.LastGoodModel?.Dispose();
        },
        ["train and resume"] = _ =>
        {
            string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            try
            {
                var checkpoint = new CheckpointOptions { Path = path, Resume = true };
                Train(s_quick with { Checkpoint = checkpoint });
                Train(s_quick with { Checkpoint = checkpoint });
            }
            finally
            {
                File.Delete(path);
            }
        },
    };

    public static TheoryData<string> Operations => [.. s_operations.Keys];

    private readonly HdgeModel _model;

    public LiveTensorTests(Trained trained) => _model = trained.Model;

    [Theory]
    [MemberData(nameof(Operations))]
    public void A7_NoTensorStaysBehind(string operation)
    {
        var action = s_operations[operation];
        action(_model); // the first run may make what stays for good
        Assert.Equal(0, LiveTensors.Left(() => action(_model)));
    }

    [Fact]
    public void A7_NetworksMadeAndDisposedOfLeaveNoNativeMemory()
    {
        // 20 MB of weights each; before, 18 MB of every one stayed until a garbage collection.
        const int Networks = 8;
        var options = new WideResNetOptions { Width = 8 };
        var shape = new ImageShape(3, 32, 32);
        for (int i = 0; i < 2; i++)
            options.Create(shape, 10).Dispose();
        long before = Environment.WorkingSet;
        for (int i = 0; i < Networks; i++)
            options.Create(shape, 10).Dispose();
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, Networks * 5L << 20);
    }

    private static void Fit(HdgeModel model, DetectionOptions options)
    {
        model.FitDetectors(s_train, s_images, options);
        model.DetectionScores(s_images, model.Detectors.Available);
        model.Score(s_images);
    }

    private static void FromSaved(HdgeModel model, string name, Action<string> use)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("hdge-tests-").FullName, name);
        model.Save(path);
        use(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static void Train(TrainingOptions options) => ModelTrainer.Train(s_train, options).Dispose();
}
