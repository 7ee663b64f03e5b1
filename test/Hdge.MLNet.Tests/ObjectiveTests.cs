using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Hdge.Objectives;
using Hdge.Training;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>Other objectives than the default through the trainer's options.</summary>
public class ObjectiveTests
{
    [Fact]
    public void ATwoStageObjectiveTrainsReportsBothStagesAndSurvivesAFile()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, entry) => lines.Add(entry.Message);
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 6);
        options.Training = options.Training with
        {
            Objective = new SupervisedContrastiveOptions { Views = 2, ProjectionLength = 32, LinearEpochs = 30 },
            Augmentation = new AugmentationOptions { NoiseDeviation = 0.05 },
        };
        var stages = new List<TrainingStage>();
        options.MetricsCallback = metrics => stages.Add(metrics.Stage);
        using var model = Trained.Fit(context, options);
        Assert.Equal(Enumerable.Repeat(TrainingStage.Network, 6).Concat(Enumerable.Repeat(TrainingStage.LinearLayer, 30)), stages);
        Assert.Contains(lines, line => line.Contains("linear layer, epoch 30/30: loss ", StringComparison.Ordinal));

        Trained.AssertLearnsAndSurvivesItsFile(context, model);
    }

    [Fact]
    public void AnObjectiveThatCannotWorkIsRefusedBeforeTheDataIsRead()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Training = options.Training with { Objective = new AdversarialTrainingOptions { Inner = new SupervisedContrastiveOptions() } };
        ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => Trained.Fit(Trained.Context, options));
        Assert.Contains("adversarial training cannot wrap", refusal.Message, StringComparison.Ordinal);
    }
}
