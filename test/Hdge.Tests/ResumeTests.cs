using System.Buffers.Binary;
using System.Text;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Persistence;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests;

public sealed class ResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    private string Path => System.IO.Path.Combine(_folder, "new", "run.checkpoint");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TrainingOptions Run(string name)
    {
        var run = SmallImages.Quick with
        {
            Epochs = 4,
            WarmUpSteps = 3,
            Augmentation = new AugmentationOptions { CropPadding = 1, HorizontalFlip = true },
            Network = new WideResNetOptions { DropoutRate = 0.2 },
        };
        var jem = run with
        {
            LearningRate = 0.001,
            Network = new WideResNetOptions { DropoutRate = 0.2, Normalization = Normalization.None },
            Objective = new JemOptions { BufferSize = 40, Sampler = new SgldOptions { Steps = 2 } },
        };
        return name switch
        {
            "hybrid, SGD" => run with { Augmentation = run.Augmentation with { NoiseDeviation = 0.05 } },
            "random bank, Adam" => run with { Optimizer = OptimizerKind.Adam, LearningRate = 0.002, Objective = new MemoryBankOptions { BankSize = 100, RandomStart = true, Form = MemoryBankForm.PublishedL2 } },
            "in-batch, AdamW" => run with { Optimizer = OptimizerKind.AdamW, LearningRate = 0.002, WeightDecay = 0.05, Objective = new InBatchOptions() },
            "cross-entropy, no momentum" => run with { Momentum = 0, Objective = new CrossEntropyOptions() },
            "supervised contrastive" => run with { Objective = new SupervisedContrastiveOptions { Views = 2, LinearEpochs = 2 } },
            "adversarial hybrid" => run with { Objective = new AdversarialTrainingOptions { Inner = new MemoryBankOptions { BankSize = 50 }, Attack = new PgdOptions { Steps = 1 } } },
            "generative-contrastive" => run with
            {
                Optimizer = OptimizerKind.Adam, LearningRate = 0.003, AdamBeta2 = 0.95, GradientClipping = 1,
                Network = new PixelTransformerOptions { Colors = 8, Width = 8, Heads = 2, Blocks = 2, Reduction = 2 },
                Objective = new GenerativeContrastiveOptions { LinearEpochs = 2 },
                Augmentation = run.Augmentation with { SecondView = new ViewAugmentationOptions() },
            },
            "contrastive density" => run with { Objective = new ContrastiveDensityOptions { BankSize = 50 } },
            "JEM, Adam" => jem with { Optimizer = OptimizerKind.Adam },
            _ => jem with { Objective = new JemOptions { BufferSize = 40, Sampler = new SgldOptions { Steps = 2 }, ClassConditional = true, ConditionalWeight = 0.02, Contrast = new MemoryBankOptions { BankSize = 50 } } },
        };
    }

    private TrainingOptions Saved(TrainingOptions options, bool resume = false, int every = 1) =>
        options with { Checkpoint = new CheckpointOptions { Path = Path, EveryEpochs = every, Resume = resume } };

    /// <summary>Stops the run once <paramref name="epoch"/> has ended.</summary>
    private static void Kill(TrainingOptions options, int epoch) => Assert.Throws<TimeoutException>(() =>
        ModelTrainer.Train(SmallImages.Patterns(60), options, m => { if (m.Epoch == epoch) throw new TimeoutException(); }));

    private static double[] Of(HdgeModel model) =>
        [.. model.Network.state_dict().Values.SelectMany(w => w.to(float64).data<double>().ToArray()), model.Temperature, model.Decision.Lower, model.Decision.Upper];

    /// <summary>All that an epoch tells but times.</summary>
    private static object?[] Numbers(EpochMetrics metrics) =>
        [.. typeof(EpochMetrics).GetProperties().Where(p => p.PropertyType != typeof(TimeSpan)).Select(p => p.GetValue(metrics))];

    [Theory]
    [InlineData("hybrid, SGD", 1, 2)]
    [InlineData("random bank, Adam", 2, 3)] // the checkpoint is from epoch 2: the third is done again
    [InlineData("in-batch, AdamW", 1, 2)]
    [InlineData("cross-entropy, no momentum", 1, 1)]
    [InlineData("supervised contrastive", 1, 3)]
    [InlineData("adversarial hybrid", 1, 2)]
    [InlineData("generative-contrastive", 1, 1)]
    [InlineData("generative-contrastive", 1, 3)]
    [InlineData("contrastive density", 1, 2)]
    [InlineData("JEM, Adam", 1, 2)]
    [InlineData("HDGE + JEM, SGD", 3, 3)]
    public void AKilledRunGoesOnToTheVerySameWeights(string name, int every, int killed)
    {
        var (whole, parts, log) = (new List<EpochMetrics>(), new List<EpochMetrics>(), new List<string>());
        using var expected = ModelTrainer.Train(SmallImages.Patterns(60), Run(name), whole.Add);
        Kill(Saved(Run(name), every: every), killed);
        using var resumed = ModelTrainer.Train(SmallImages.Patterns(60), Saved(Run(name), resume: true, every), new TrainingCallbacks { Epoch = parts.Add, Log = SmallImages.Log(log) });
        Assert.Equal(Of(expected), Of(resumed));
        Assert.Equal(whole.Select(Numbers), parts.Select(Numbers));
        Assert.Equal(parts.Select(m => m.Elapsed).Order(), parts.Select(m => m.Elapsed));
        Assert.Contains($"after epoch {killed / every * every}", Assert.Single(log, line => line.StartsWith("Going on from", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(["run.checkpoint", "run.checkpoint.previous"], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!).Select(System.IO.Path.GetFileName).Order());
    }

    [Fact]
    public void Choices_of_a_list_are_told_by_name()
    {
        var told = OptionText.Of(new() { CalibrationMethod = Hdge.Calibration.CalibrationMethod.Isotonic, ClassWeights = ClassWeights.Balanced, Detection = new() { Score = Hdge.Detection.DetectionScore.Vim } });
        Assert.Equal(("Isotonic", "balanced", "vim"), (told["CalibrationMethod"], told["ClassWeights"].ToLowerInvariant(), told["Detection.Score"]));
    }

    [Fact]
    public void AFinishedRunIsFinishedAtOnce()
    {
        using var expected = ModelTrainer.Train(SmallImages.Patterns(60), Saved(Run("hybrid, SGD"), resume: true)); // nothing there yet: it begins
        var written = File.GetLastWriteTimeUtc(Path);
        var metrics = new List<EpochMetrics>();
        using var again = ModelTrainer.Train(SmallImages.Patterns(60), Saved(Run("hybrid, SGD"), resume: true), metrics.Add);
        Assert.Equal(Of(expected), Of(again));
        Assert.Equal(4, metrics.Count);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path));
    }

    [Fact]
    public void ADamagedCheckpointIsRefusedAndTheOneBeforeItTaken()
    {
        var options = Run("cross-entropy, no momentum");
        Kill(Saved(options), 2);
        byte[] good = File.ReadAllBytes(Path);
        string previous = CheckpointFiles.Previous(Path);
        byte[] older = File.ReadAllBytes(previous);
        File.Delete(previous);
        foreach (int length in new[] { 0, 20, 39, 100, good.Length / 2, good.Length - 1 })
            Refused(good[..length]);
        foreach (int at in new[] { 0, 33, 200, good.Length / 2, good.Length - 1 })
        {
            byte[] flipped = [.. good];
            flipped[at] ^= 0x10;
            Refused(flipped);
        }
        File.WriteAllBytes(previous, older);
        var log = new List<string>();
        using var resumed = ModelTrainer.Train(SmallImages.Patterns(60), Saved(options, resume: true), new TrainingCallbacks { Log = SmallImages.Log(log) });
        Assert.Contains("damaged", log[0], StringComparison.Ordinal);
        Assert.Contains("after epoch 1", log[1], StringComparison.Ordinal);
        using var expected = ModelTrainer.Train(SmallImages.Patterns(60), options);
        Assert.Equal(Of(expected), Of(resumed));

        void Refused(byte[] content)
        {
            File.WriteAllBytes(Path, content);
            var error = Assert.Throws<InvalidDataException>(() => ModelTrainer.Train(SmallImages.Patterns(60), Saved(options, resume: true)));
            Assert.Contains(Path, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AKillBetweenTheTwoRenamesLosesNothing()
    {
        var options = Run("cross-entropy, no momentum");
        Kill(Saved(options), 1);
        File.Move(Path, CheckpointFiles.Previous(Path));
        File.WriteAllText(Path + ".partial", "half a file");
        using var resumed = ModelTrainer.Train(SmallImages.Patterns(60), Saved(options, resume: true));
        using var expected = ModelTrainer.Train(SmallImages.Patterns(60), options);
        Assert.Equal(Of(expected), Of(resumed));
    }

    [Fact]
    public void OtherOptionsOrImagesAreRefusedByName()
    {
        var options = Run("hybrid, SGD");
        Kill(Saved(options), 1);
        var resume = Saved(options, resume: true);
        var other = resume with { LearningRate = 0.1, StepEpochs = [7, 9], Objective = new MemoryBankOptions { BankSize = 101 }, Device = "cpu" };
        string message = Assert.Throws<ArgumentException>(() => ModelTrainer.Train(SmallImages.Patterns(60), other)).Message;
        foreach (string part in new[] { "LearningRate was 0.05 and is 0.1", "StepEpochs was [60, 120, 160] and is [7, 9]", "Objective.BankSize was 100 and is 101" })
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain("images are", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Device", message, StringComparison.Ordinal);
        Assert.Contains("the images are others", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(SmallImages.Patterns(60, seed: 9), resume)).Message, StringComparison.Ordinal);
        Assert.Contains("Objective was MemoryBankOptions and is CrossEntropyOptions", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(SmallImages.Patterns(60), resume with { Objective = new CrossEntropyOptions() })).Message, StringComparison.Ordinal);
        Assert.Contains("already", Assert.Throws<IOException>(() => ModelTrainer.Train(SmallImages.Patterns(60), Saved(options))).Message, StringComparison.Ordinal);
        Assert.Contains("EveryEpochs", Assert.Throws<ArgumentOutOfRangeException>(() => ModelTrainer.Train(SmallImages.Patterns(60), Saved(options, every: 0))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,16]}}""", "for the shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-4,-1],"data_offsets":[0,16]}}""", "for the shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "end at byte 8 of 16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "from 8 on")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[8],"data_offsets":[0,16]}}""", "BF16")]
    public void HeadersThatContradictTheDataAreRefusedBeforeMemoryIsTaken(string header, string expected)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), data = new byte[8 + text.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(data, text.Length);
        text.CopyTo(data, 8);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Safetensors.ReadAll(new MemoryStream(data), data.Length, "data")).Message, StringComparison.Ordinal);
    }
}
