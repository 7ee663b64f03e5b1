namespace Hdge.Training;

/// <summary>How an epoch went.</summary>
public sealed record EpochMetrics
{
    /// <summary>Epoch that has just ended, 1-based.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs of the run.</summary>
    public required int Epochs { get; init; }

    /// <summary>Mean training loss.</summary>
    public required double Loss { get; init; }

    /// <summary>Mean training cross-entropy in nats; null where the objective has none.</summary>
    public double? CrossEntropy { get; init; }

    /// <summary>Mean contrastive term in nats; null where the objective has none.</summary>
    public double? Contrastive { get; init; }

    /// <summary>Mean term of log q(x) in nats; null where the objective has none.</summary>
    public double? Density { get; init; }

    /// <summary>Share of training images classified right while training, 0..1; null where the objective does not classify.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>Cross-entropy on the held-out images in nats; null without any. With class weights it weighs the classes as training does.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Accuracy on the held-out images, 0..1; null without any. With class weights it weighs the classes as training does: balanced, it is the mean of the classes' own.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Expected calibration error (20 bins) of the uncalibrated probabilities on the held-out images, 0..1; null without any.</summary>
    public double? ValidationEce { get; init; }

    /// <summary>Learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Time since training began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What the epoch trained. Default <see cref="TrainingStage.Network"/>; epochs are counted stage by stage.</summary>
    public TrainingStage Stage { get; init; }

    /// <summary>Mean time of the epoch's steps, data included, without validation and checkpoints.</summary>
    public TimeSpan StepTime { get; init; }

    /// <summary>One line for a log.</summary>
    public override string ToString()
    {
        string terms = string.Join(", ", new[] { ("cross-entropy", CrossEntropy), ("contrastive", Contrastive), ("density", Density) }
            .Where(t => t.Item2 is not null).Select(t => $"{t.Item1} {t.Item2:F4}"));
        string accuracy = TrainAccuracy is { } share ? $", training accuracy {share:P1}" : "";
        string validation = ValidationAccuracy is not null ? $", validation loss {ValidationLoss:F4}, validation accuracy {ValidationAccuracy:P1}" : "";
        return $"{(Stage == TrainingStage.LinearLayer ? "linear layer, " : "")}epoch {Epoch}/{Epochs}: loss {Loss:F4} ({terms}){accuracy}{validation}, "
            + $"learning rate {LearningRate:G3}, {Elapsed.TotalSeconds:F1} s";
    }
}
