using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>What a cancelled run does, at every stage, by <see cref="TrainingOptions.OnCancel"/>.</summary>
public sealed class CancelTests : IDisposable
{
    // A constant rate: then the weights after an epoch do not depend on how many were planned.
    private static readonly TrainingOptions Options = SmallImages.Quick with { Epochs = 1000, Schedule = ScheduleKind.Constant, LearningRate = 0.3, Objective = new CrossEntropyOptions() };
    private static readonly TrainingOptions Best = Options with { OnCancel = CancelBehavior.ReturnBestSoFar, ProgressInterval = TimeSpan.Zero };
    private readonly ImageSet _images = SmallImages.Patterns(60);
    private readonly CancellationTokenSource _source = new();

    public void Dispose() => _source.Dispose();

    [Fact]
    public void TheBestEpochOnHeldOutImagesIsReturnedAndCalibrated()
    {
        var metrics = new List<EpochMetrics>();
        var log = new List<string>();
        using var model = ModelTrainer.Train(_images, Best, new TrainingCallbacks { Epoch = metrics.Add, Log = SmallImages.Log(log), Step = CancelAt(8, step: 2) }, _source.Token);

        Assert.Equal(7, metrics.Count);
        var best = metrics.OrderByDescending(m => m.ValidationAccuracy).ThenBy(m => m.ValidationLoss).First();
        Assert.InRange(best.Epoch, 2, 6); // else the test would not tell best from first or last
        Assert.Contains($"cancelled in epoch 8 of 1000: the model of epoch {best.Epoch} is returned", Assert.Single(log), StringComparison.Ordinal);
        using var expected = ModelTrainer.Train(_images, Options with { Epochs = best.Epoch });
        AssertSame(expected, model);
    }

    [Fact]
    public void WithoutHeldOutImagesItIsTheLastWholeEpoch()
    {
        using var model = ModelTrainer.Train(_images, Best with { ValidationFraction = 0 }, new TrainingCallbacks { Step = CancelAt(3, step: 1) }, _source.Token);
        using var expected = ModelTrainer.Train(_images, Options with { ValidationFraction = 0, Epochs = 2 });
        AssertSame(expected, model);
    }

    [Fact]
    public void AnEpochWhoseStepsAreDoneIsWhole()
    {
        var metrics = new List<EpochMetrics>();
        using var model = ModelTrainer.Train(_images, Best, new TrainingCallbacks { Epoch = metrics.Add, Step = CancelAt(1, step: 3) }, _source.Token);
        using var expected = ModelTrainer.Train(_images, Options with { Epochs = 1 });
        Assert.NotNull(Assert.Single(metrics).ValidationAccuracy);
        AssertSame(expected, model);
    }

    [Fact]
    public void BeforeTheFirstWholeEpochThereIsNothingToReturn() =>
        Assert.Throws<OperationCanceledException>(() => ModelTrainer.Train(_images, Best, new TrainingCallbacks { Step = CancelAt(1, step: 2) }, _source.Token));

    [Fact]
    public void ACancelWhileTheWholeRunIsFinishedChangesNothing()
    {
        using var model = ModelTrainer.Train(_images, Best with { Epochs = 2 }, m => { if (m.Epoch == 2) _source.Cancel(); }, _source.Token);
        using var expected = ModelTrainer.Train(_images, Options with { Epochs = 2 });
        AssertSame(expected, model);
    }

    [Fact]
    public void ByDefaultACancelThrowsDuringValidationAndCalibrationToo()
    {
        var metrics = new List<EpochMetrics>();
        var options = Options with { ProgressInterval = TimeSpan.Zero, Epochs = 1 };
        Assert.Throws<OperationCanceledException>(() => ModelTrainer.Train(_images, options, new TrainingCallbacks { Epoch = metrics.Add, Step = CancelAt(1, step: 3) }, _source.Token));
        Assert.Empty(metrics); // the validation did not end
        using var late = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => ModelTrainer.Train(_images, options, _ => late.Cancel(), late.Token));
    }

    [Fact]
    public void TheLinearStageFollowsACutShortNetworkAndEndsAfterAnEpochItself()
    {
        var options = Best with { Objective = new SupervisedContrastiveOptions { LinearEpochs = 4 } };
        var metrics = new List<EpochMetrics>();
        using (var model = ModelTrainer.Train(_images, options, new TrainingCallbacks { Epoch = metrics.Add, Step = CancelAt(3, step: 1) }, _source.Token))
        {
            using var expected = ModelTrainer.Train(_images, options with { Epochs = 2 });
            Assert.Equal([1, 2, 1, 2, 3, 4], metrics.Select(m => m.Epoch));
            AssertSame(expected, model);
        }

        metrics.Clear();
        using var late = new CancellationTokenSource();
        using var ended = ModelTrainer.Train(_images, options with { Epochs = 1 }, m =>
        {
            metrics.Add(m);
            if (m is { Stage: TrainingStage.LinearLayer, Epoch: 2 })
                late.Cancel();
        }, late.Token);
        Assert.Equal([1, 1, 2], metrics.Select(m => m.Epoch));
        Assert.True(double.IsFinite(ended.Decision.Lower));
    }

    [Fact]
    public void TheCheckpointStaysAndTheRunCanGoOnFromIt()
    {
        string folder = Directory.CreateTempSubdirectory("hdge-cancel-").FullName;
        try
        {
            var options = Best with { Epochs = 4, Checkpoint = new CheckpointOptions { Path = Path.Combine(folder, "state"), Resume = true } };
            ModelTrainer.Train(_images, options, new TrainingCallbacks { Step = CancelAt(3, step: 2) }, _source.Token).Dispose();
            var log = new List<string>();
            using var resumed = ModelTrainer.Train(_images, options with { OnCancel = CancelBehavior.Throw }, new TrainingCallbacks { Log = SmallImages.Log(log) });
            using var expected = ModelTrainer.Train(_images, Options with { Epochs = 4 });
            Assert.Contains("after epoch 2", Assert.Single(log), StringComparison.Ordinal);
            AssertSame(expected, resumed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Action<TrainingProgress> CancelAt(int epoch, int step) => progress =>
    {
        if (progress.Epoch == epoch && progress.Step == step)
            _source.Cancel();
    };

    private void AssertSame(HdgeModel expected, HdgeModel actual)
    {
        Assert.Equal(expected.Logits(_images), actual.Logits(_images));
        Assert.Equal((expected.Temperature, expected.Decision.Lower), (actual.Temperature, actual.Decision.Lower));
        Assert.Equal(expected.PredictionSets is null, actual.PredictionSets is null);
    }
}
