namespace Hdge.Training;

/// <summary>How the learning rate changes after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It is multiplied by <see cref="TrainingOptions.StepFactor"/> at each of <see cref="TrainingOptions.StepEpochs"/>.</summary>
    Step,

    /// <summary>It falls to 0 along half a cosine.</summary>
    Cosine,
}
