using Hdge.Objectives;
using Hdge.Training;
using static TorchSharp.torch;

namespace Hdge.Tests;

/// <summary>Which epoch a run keeps and when it ends; alone, after a kill, and when it is cancelled.</summary>
public sealed class EarlyStoppingTests : IDisposable
{
    // As in CancelTests, so wild that epochs go up and down.
    private static readonly TrainingOptions Options = SmallImages.Quick with
    {
        Epochs = 12,
        Schedule = ScheduleKind.Constant,
        LearningRate = 0.3,
        Objective = new CrossEntropyOptions(),
        EarlyStopping = new() { FewestImages = 10, Patience = 3 },
    };

    private readonly ImageSet _images = SmallImages.Patterns(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-stop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed record Outcome(double[] Weights, List<EpochMetrics> Epochs, TrainingEnd End, List<string> Log);

    private Outcome Run(TrainingOptions options, ImageSet? validation = null, Action<EpochMetrics>? each = null, CancellationToken token = default)
    {
        var (epochs, ends, log) = (new List<EpochMetrics>(), new List<TrainingEnd>(), new List<string>());
        using var model = ModelTrainer.Train(_images, validation, options, new TrainingCallbacks
        {
            Epoch = m =>
            {
                epochs.Add(m);
                each?.Invoke(m);
            },
            Ended = ends.Add,
            Log = SmallImages.Log(log),
        }, token);
        return new([.. model.Network.state_dict().Values.SelectMany(w => w.to(float64).data<double>().ToArray()), model.Temperature, model.Decision.Lower], epochs, Assert.Single(ends), log);
    }

    private static EpochMetrics Best(IEnumerable<EpochMetrics> epochs) => epochs.OrderByDescending(m => m.ValidationAccuracy).ThenBy(m => m.ValidationLoss).First();

    [Fact]
    public void TheRunEndsAfterItsPatienceWithTheBestEpochsWeights()
    {
        var whole = Run(Options with { EarlyStopping = null });
        Assert.Equal((12, 12, 12), (whole.Epochs.Count, whole.End.Epochs, whole.End.Kept.Epoch));
        int end = Enumerable.Range(1, 12).FirstOrDefault(n => n - Best(whole.Epochs.Take(n)).Epoch >= 3);
        Assert.InRange(end, 4, 11); // else the test says nothing

        var stopped = Run(Options);
        Assert.Equal((end, end, 12), (stopped.Epochs.Count, stopped.End.Epochs, stopped.End.AskedFor));
        Assert.Equal(end - 3, stopped.End.Kept.Epoch);
        Assert.Equal(Run(Options with { EarlyStopping = null, Epochs = end - 3 }).Weights, stopped.Weights);
        Assert.Empty(stopped.Log);
    }

    [Fact]
    public void WithoutPatienceAllEpochsAreRunAndTheBestIsKept()
    {
        var byAccuracy = Run(Options with { EarlyStopping = Options.EarlyStopping! with { Patience = null } });
        var best = Best(byAccuracy.Epochs);
        Assert.InRange(best.Epoch, 1, 11);
        Assert.Equal((12, best.Epoch), (byAccuracy.End.Epochs, byAccuracy.End.Kept.Epoch));
        Assert.Equal(Run(Options with { EarlyStopping = null, Epochs = best.Epoch }).Weights, byAccuracy.Weights);

        var byLoss = Run(Options with { EarlyStopping = new() { FewestImages = 10, Patience = null, Measure = EpochMeasure.Loss } });
        Assert.Equal(byLoss.Epochs.MinBy(m => m.ValidationLoss)!.Epoch, byLoss.End.Kept.Epoch);
    }

    [Fact]
    public void TooFewImagesDecideNothing()
    {
        var few = Run(Options with { EarlyStopping = new() { Patience = 1 } }); // 12 held out
        Assert.Equal((12, 12), (few.End.Epochs, few.End.Kept.Epoch));
        Assert.Contains("EarlyStopping decides nothing: expected 100 held-out images or more, found 12", Assert.Single(few.Log), StringComparison.Ordinal);
        Assert.Empty(Run(Options with { EarlyStopping = new(), Epochs = 1 }).Log); // nobody asked
        var none = Run(Options with { Objective = new ContrastiveDensityOptions { Alpha = 0, BankSize = 50 }, Epochs = 1, LearningRate = 0.001 });
        Assert.Contains("an objective that trains a classifier", Assert.Single(none.Log, l => l.StartsWith("EarlyStopping", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void AKilledRunEndsAtTheSameEpochWithTheSameWeights(int every, bool atTheEnd)
    {
        var expected = Run(Options);
        int end = expected.End.Epochs, killed = atTheEnd ? end : end - 1; // after the best epoch: its weights are no longer the network's
        Assert.True(killed > expected.End.Kept.Epoch);
        TrainingOptions Saved(bool resume) => Options with { Checkpoint = new() { Path = Path.Combine(_folder, "state"), EveryEpochs = every, Resume = resume } };
        Assert.Throws<TimeoutException>(() => Run(Saved(resume: false), each: m => { if (m.Epoch == killed) throw new TimeoutException(); }));
        var resumed = Run(Saved(resume: true));
        Assert.Equal(expected.Weights, resumed.Weights);
        Assert.Equal((end, expected.End.Kept.Epoch), (resumed.End.Epochs, resumed.End.Kept.Epoch));
        Assert.Equal(expected.Weights, Run(Saved(resume: true)).Weights); // a finished run stays as it is
    }

    [Fact]
    public void ACancelledRunThatWasResumedStillKnowsTheBestEpochBefore()
    {
        var whole = Run(Options with { EarlyStopping = null });
        var options = Options with { EarlyStopping = null, OnCancel = CancelBehavior.ReturnBestSoFar, ProgressInterval = TimeSpan.Zero };
        int last = Enumerable.Range(1, 12).First(n => Best(whole.Epochs.Take(n)).Epoch <= n - 2), best = Best(whole.Epochs.Take(last)).Epoch;
        TrainingOptions Saved(bool resume) => options with { Checkpoint = new() { Path = Path.Combine(_folder, "state"), Resume = resume } };
        Assert.Throws<TimeoutException>(() => Run(Saved(resume: false), each: m => { if (m.Epoch == last - 1) throw new TimeoutException(); }));
        using var source = new CancellationTokenSource();
        var cancelled = Run(Saved(resume: true), each: m => { if (m.Epoch == last) source.Cancel(); }, token: source.Token);
        Assert.Equal((last, best), (cancelled.End.Epochs, cancelled.End.Kept.Epoch));
        Assert.Equal(Run(options with { Epochs = best }).Weights, cancelled.Weights);
    }

    [Fact]
    public void AValidationSetDecidesAndAllOtherImagesAreTrainedOn()
    {
        var validation = SmallImages.Patterns(40, seed: 9);
        TrainingStart? start = null;
        using var model = ModelTrainer.Train(_images, validation, Options with { Epochs = 1 }, new TrainingCallbacks { Started = s => start = s });
        Assert.Equal((60, 40, true), (start!.TrainingImages, start.HeldOutImages, start.HasValidationSet));
        Assert.StartsWith("Training on 60 images of 1x8x8 in 3 classes, 40 others for validation, ", start.ToString(), StringComparison.Ordinal);
        float[] densities = [.. model.Score(validation).LogDensity.Order()];
        Assert.Equal(0.95, model.Score(validation).IsInDistribution.Count(kept => kept) / 40.0, 0.03); // the threshold is theirs
        Assert.InRange(model.Decision.Lower, densities[0], densities[^1]);

        // The split in two beforehand is the same run as the split within.
        var (train, heldOut) = _images.Split(0.2, Seeds.Mix(Options.Seed, SeedStream.HeldOutImages));
        using var within = ModelTrainer.Train(_images, Options);
        using var before = ModelTrainer.Train(train, heldOut, Options);
        Assert.Equal(within.Logits(heldOut), before.Logits(heldOut));
        Assert.Equal(within.Temperature, before.Temperature);
    }

    [Fact]
    public void AValidationSetOfAnotherKindIsRefused()
    {
        Refused("expected at least 1 image of 1x8x8 in 3 classes", SmallImages.Patterns(6, shape: new(1, 8, 9)));
        Refused("The validation set has 0 images", _images.Take(0));
        Refused("in 4 classes", ImageSet.FromBytes(SmallImages.Shape, new byte[64], [3], 4));

        void Refused(string message, ImageSet validation) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => ModelTrainer.Train(_images, validation, Options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsOutOfRangeAreRefused()
    {
        Assert.StartsWith("Patience is 0, expected at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { EarlyStopping = new() { Patience = 0 } }).Validate(_images.Shape)).Message, StringComparison.Ordinal);
        Assert.StartsWith("FewestImages is 0", Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { EarlyStopping = new() { FewestImages = 0 } }).Validate(_images.Shape)).Message, StringComparison.Ordinal);
    }
}
