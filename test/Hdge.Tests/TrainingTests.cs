using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

public class TrainingTests
{
    [Theory]
    [InlineData(MemoryBankForm.PublishedL2)]
    [InlineData(MemoryBankForm.PublishedSoftmax)]
    [InlineData(MemoryBankForm.Equation13)]
    [InlineData(null)]
    public void EveryFormLearnsPatternsAndTellsHowItGoes(MemoryBankForm? form)
    {
        var metrics = new List<EpochMetrics>();
        var options = SmallImages.Quick with
        {
            Epochs = 4,
            LearningRate = 0.02,
            Objective = form is { } f ? new MemoryBankOptions { Form = f, BankSize = 100, Temperature = 1 } : new CrossEntropyOptions(),
        };
        using var model = ModelTrainer.Train(SmallImages.Patterns(300), options, metrics.Add);
        var test = SmallImages.Patterns(150, seed: 2);
        var scores = model.Score(test);
        Assert.True(Enumerable.Range(0, 150).Count(i => scores.PredictedClass[i] == test.Labels[i]) > 140, $"last: {metrics[^1]}");
        Assert.Equal([1, 2, 3, 4], metrics.Select(m => m.Epoch));
        Assert.All(metrics, m => Assert.Equal(form is null, m.Contrastive is null));
        Assert.All(metrics, m => Assert.InRange(m.ValidationAccuracy!.Value, 0, 1));
        Assert.True(metrics[^1].CrossEntropy < metrics[0].CrossEntropy);
    }

    [Fact]
    public void TheSameSeedGivesTheSameModelAndAnotherSeedAnother()
    {
        var images = SmallImages.Patterns(90);
        var options = SmallImages.Quick with
        {
            Augmentation = new AugmentationOptions { CropPadding = 1, HorizontalFlip = true, NoiseDeviation = 0.05 },
            Network = new WideResNetOptions { DropoutRate = 0.1 },
        };
        using var one = ModelTrainer.Train(images, options);
        using var noise = randn(7); // the process-wide generator must not matter
        using var two = ModelTrainer.Train(images, options);
        using var other = ModelTrainer.Train(images, options with { Seed = 6 });
        Assert.Equal(one.Logits(images), two.Logits(images));
        Assert.Equal((one.Temperature, one.Decision), (two.Temperature, two.Decision));
        Assert.NotEqual(one.Logits(images), other.Logits(images));
    }

    [Fact]
    public void TheThresholdKeepsItsShareOfTheHeldOutImages()
    {
        var images = SmallImages.Patterns(300);
        using var model = ModelTrainer.Train(images, SmallImages.Quick);
        var heldOut = images.Split(0.2, Seeds.Mix(SmallImages.Quick.Seed, 1)).HeldOut;
        Assert.Equal(60, heldOut.Count);
        Assert.Equal(57, model.Score(heldOut).IsInDistribution.Count(kept => kept));
        model.Calibrate(heldOut, inDistributionRate: 0.5);
        Assert.Equal(30, model.Score(heldOut).IsInDistribution.Count(kept => kept));
    }

    [Fact]
    public void AfterTrainingWithNoiseTheRunningAveragesAreThoseOfCleanerImages()
    {
        const double Noise = 1;
        var images = SmallImages.Patterns(300);
        var options = SmallImages.Quick with { Epochs = 1, ValidationFraction = 0, Augmentation = new AugmentationOptions { NoiseDeviation = Noise } };
        using var model = ModelTrainer.Train(images, options);
        // What the first norm sees is the first convolution's output: its variance with and without the noise, from the data itself.
        double clean = Variance(0), noisy = Variance(Noise);
        float kept = model.Network.state_dict()["layer1.0.bn1.running_var"].data<float>().ToArray().Sum();
        Assert.InRange(kept, clean, clean + 0.3 * (noisy - clean));

        double Variance(double noise)
        {
            using var scope = NewDisposeScope();
            using var off = no_grad();
            var state = model.Network.state_dict();
            var input = tensor(images.Bytes(0, 300).ToArray().Select(b => b / 127.5f - 1).ToArray(), [300, 1, 8, 8]);
            using var generator = new Generator(1);
            input.add_(empty_like(input).normal_(0, 1, generator).mul_(noise));
            var output = nn.functional.conv2d(input, state["conv1.weight"], state["conv1.bias"], padding: [1L, 1L]);
            return output.var(new long[] { 0, 2, 3 }).sum().item<float>();
        }
    }

    [Fact]
    public void DivergenceNamesTheStepAndKeepsTheLastGoodWeights()
    {
        var images = SmallImages.Patterns(60);
        // Harmless for the first steps, then the warm-up reaches rates at which the weights explode.
        var options = SmallImages.Quick with { Objective = new MemoryBankOptions { Form = MemoryBankForm.PublishedL2, Alpha = 0.5, Temperature = 0.1, BankSize = 100 }, Epochs = 300, LearningRate = 1e6, WarmUpSteps = 30_000_000, Schedule = ScheduleKind.Constant, ValidationFraction = 0.2, WeightDecay = 0, Network = new WideResNetOptions { Normalization = Normalization.None } };
        int epochs = 0;
        var error = Assert.Throws<DivergenceException>(() => ModelTrainer.Train(images, options, _ => epochs++));
        Assert.True(epochs >= 1, "no epoch ended");
        Assert.Equal(epochs + 1, error.Epoch);
        Assert.Equal(epochs, error.Step / 3);
        Assert.Contains($"step {error.Step}", error.Message, StringComparison.Ordinal);
        using var model = error.LastGoodModel!;
        Assert.All(model.Logits(images), f => Assert.True(float.IsFinite(f)));
    }

    [Fact]
    public void ACancelledRunStopsAtOnce()
    {
        using var source = new CancellationTokenSource();
        int epochs = 0;
        Assert.Throws<OperationCanceledException>(() => ModelTrainer.Train(SmallImages.Patterns(60), SmallImages.Quick with { Epochs = 1000 }, _ =>
        {
            epochs++;
            source.Cancel();
        }, source.Token));
        Assert.Equal(1, epochs);
    }

    [Fact]
    public void ImagesThatCannotBeTrainedOnAreRefused()
    {
        var empty = ImageSet.FromBytes(SmallImages.Shape, [], [], 3);
        var oneClass = ImageSet.FromBytes(SmallImages.Shape, new byte[640], new int[10], 3);
        Assert.Contains("found 0 images", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(empty, SmallImages.Quick)).Message, StringComparison.Ordinal);
        Assert.Contains("10 images of 1", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(oneClass, SmallImages.Quick)).Message, StringComparison.Ordinal);
        Assert.Contains("Device", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(SmallImages.Patterns(9), SmallImages.Quick with { Device = "gpu" })).Message, StringComparison.Ordinal);
        Assert.Contains("Epochs", Assert.Throws<ArgumentOutOfRangeException>(() => ModelTrainer.Train(SmallImages.Patterns(9), SmallImages.Quick with { Epochs = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SchedulesGiveTheirRates()
    {
        var options = new TrainingOptions { Epochs = 10, LearningRate = 2, WarmUpSteps = 3, StepEpochs = [2, 5], StepFactor = 0.1 };
        double[] Rates(ScheduleKind kind) => [.. Enumerable.Range(0, 100).Select(s => new LearningRateSchedule(options with { Schedule = kind }, 10).At(s))];
        Assert.Equal([0.5, 1, 1.5, 2], Rates(ScheduleKind.Constant)[..4]);
        Assert.Equal(2, Rates(ScheduleKind.Constant)[99]);
        Assert.Equal([2, 0.2, 0.2, 0.02], new[] { 19, 20, 49, 50 }.Select(s => Math.Round(Rates(ScheduleKind.Step)[s], 12)));
        double[] cosine = Rates(ScheduleKind.Cosine);
        Assert.Equal(2, cosine[3]);
        Assert.Equal(1 + Math.Cos(Math.PI * 50 / 97), cosine[53], 12);
        Assert.InRange(cosine[99], 0, 0.002);
    }

    [Fact]
    public void OneCycleRisesLinearlyAndFallsAlongACosine()
    {
        var options = new TrainingOptions { Epochs = 10, LearningRate = 2, Schedule = ScheduleKind.OneCycle, OneCycleWarmUp = 0.25 };
        var schedule = new LearningRateSchedule(options, 10);
        Assert.Equal(2.0 / 25, schedule.At(0), 12);
        Assert.Equal(2.0 / 25 + 10 / 25.0 * (2 - 2.0 / 25), schedule.At(10), 12);
        Assert.Equal(2, schedule.At(25), 12);
        Assert.Equal((2 + 2e-4) / 2, schedule.At(62), 12); // half-way from step 25 to step 99
        Assert.Equal(2e-4, schedule.At(99), 12);
        Assert.All(Enumerable.Range(0, 99), s => Assert.Equal(s < 25, schedule.At(s + 1) > schedule.At(s)));

        // However few the steps, the rate is a positive number.
        foreach (int epochs in new[] { 1, 2, 3, 10 })
            foreach (double warmUp in new[] { 0.01, 0.3, 0.5, 0.9, 0.99 })
            {
                var few = new LearningRateSchedule(options with { Epochs = epochs, OneCycleWarmUp = warmUp }, 1);
                Assert.All(Enumerable.Range(0, epochs), s => Assert.InRange(few.At(s), 2e-4 - 1e-12, 2));
            }
        Assert.Contains("WarmUpSteps is 5, expected 0", Assert.Throws<ArgumentOutOfRangeException>(() => (options with { WarmUpSteps = 5 }).Validate(SmallImages.Shape)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoThousandStepsAndAHundredThousandRowsLeaveMemoryFlat()
    {
        var images = SmallImages.Patterns(640);
        var options = SmallImages.Quick with { BatchSize = 8, Epochs = 25, ValidationFraction = 0.01 };
        var after = new List<long>();
        using var model = ModelTrainer.Train(images, options, _ => after.Add(Memory()));
        Assert.True(25 * 80 >= 2000);
        Flat(after[5], after[^1], "training");

        var scores = new ScoreBatch(1000, 3);
        var rows = images.Bytes(0, 500).ToArray().Concat(images.Bytes(0, 500).ToArray()).ToArray();
        for (int i = 0; i < 20; i++)
            model.Score(rows, 1000, scores);
        long before = Memory(), managed = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            model.Score(rows, 1000, scores);
        Flat(before, Memory(), "scoring");
        long perRow = (GC.GetAllocatedBytesForCurrentThread() - managed) / 100_000;
        Assert.True(perRow < 200, $"{perRow} bytes a row were allocated");

        static long Memory()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return System.Diagnostics.Process.GetCurrentProcess().WorkingSet64;
        }

        static void Flat(long before, long after, string what) =>
            Assert.True(after - before < 24 << 20, $"{what}: resident memory grew from {before >> 20} to {after >> 20} MiB");
    }
}
