using Hdge.Training;

namespace Hdge.Cli.Training;

/// <summary>What a training run came to: <c>metrics.json</c>.</summary>
internal sealed record RunMetrics : RunSummary
{
    /// <summary>Of an ensemble those of all members that were trained in the last run, one after another.</summary>
    public required IReadOnlyList<EpochMetrics> Epochs { get; init; }

    /// <summary>Every option of the run.</summary>
    public required TrainingOptions Options { get; init; }
}

/// <summary>The part of it that tables are made of.</summary>
internal record RunSummary
{
    /// <summary>The command line's settings.</summary>
    public required TrainSettings Settings { get; init; }

    public required int TrainImages { get; init; }

    public required int Classes { get; init; }

    /// <summary>The epoch whose weights the model has, 1-based.</summary>
    public required int EpochKept { get; init; }

    /// <summary>Training steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Mean training loss of the last epoch. Losses of different objectives cannot be compared.</summary>
    public required double Loss { get; init; }

    /// <summary>On the held-out images after that epoch, 0..1; null without any.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>On the test images; null where the data set has none.</summary>
    public TestMetrics? Test { get; init; }

    /// <summary>Temperature of the calibrated confidence.</summary>
    public required double Temperature { get; init; }

    /// <summary>Milliseconds a training step, data included: the mean over the fastest epoch.</summary>
    public required double StepMilliseconds { get; init; }

    /// <summary>Largest resident memory of the process in MiB; null where the system does not tell.</summary>
    public double? PeakMemoryMiB { get; init; }

    /// <summary>Length of the training.</summary>
    public required double Seconds { get; init; }
}

/// <summary>How a model does on labelled images that it was not trained on.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Accuracy">0..1.</param>
/// <param name="NegativeLogLikelihood">Cross-entropy in nats, before calibration.</param>
/// <param name="Ece">Expected calibration error in 20 bins, before calibration.</param>
/// <param name="CalibratedEce">The same of the calibrated confidence.</param>
internal sealed record TestMetrics(int Images, double Accuracy, double NegativeLogLikelihood, double Ece, double CalibratedEce);
