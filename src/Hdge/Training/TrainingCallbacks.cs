namespace Hdge.Training;

/// <summary>What a training run tells while it goes on. All are called on the training thread; each is null, the default, where nobody listens. An exception that one throws ends the run.</summary>
public sealed record TrainingCallbacks
{
    /// <summary>Told once, before the first step, what is trained where and on how many images.</summary>
    public Action<TrainingStart>? Started { get; init; }

    /// <summary>Called after each epoch; a resumed run calls it for the epochs before, too.</summary>
    public Action<EpochMetrics>? Epoch { get; init; }

    /// <summary>Called within epochs while the network is trained, at most once a <see cref="TrainingOptions.ProgressInterval"/>.</summary>
    public Action<TrainingProgress>? Step { get; init; }

    /// <summary>Told once, after the last step of the network's own epochs, which of them is kept.</summary>
    public Action<TrainingEnd>? Ended { get; init; }

    /// <summary>
    /// Told what else one should know: that few images or none are held out, that a run diverged and went back, that it goes on from a checkpoint, that the finished model looks as if
    /// training had failed.
    /// </summary>
    public Action<string>? Log { get; init; }
}
