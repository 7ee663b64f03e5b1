namespace Hdge.Training;

/// <summary>How an epoch went.</summary>
/// <param name="Epoch">Epoch that has just ended, 1-based.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Loss">Mean training loss.</param>
/// <param name="CrossEntropy">Mean training cross-entropy in nats; null where the objective has none.</param>
/// <param name="Contrastive">Mean contrastive term in nats; null where the objective has none.</param>
/// <param name="Density">Mean term of log q(x) in nats; null where the objective has none.</param>
/// <param name="TrainAccuracy">Share of training images classified right while training, 0..1; null where the objective does not classify.</param>
/// <param name="ValidationLoss">Cross-entropy on the held-out images in nats; null without any.</param>
/// <param name="ValidationAccuracy">Accuracy on the held-out images, 0..1; null without any.</param>
/// <param name="LearningRate">Learning rate of the last step.</param>
/// <param name="Elapsed">Time since training began.</param>
public sealed record EpochMetrics(
    int Epoch, int Epochs, double Loss, double? CrossEntropy, double? Contrastive, double? Density, double? TrainAccuracy,
    double? ValidationLoss, double? ValidationAccuracy, double LearningRate, TimeSpan Elapsed)
{
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
