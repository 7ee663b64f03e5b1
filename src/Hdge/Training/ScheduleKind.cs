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

    /// <summary>
    /// One cycle (Smith and Topin 2018): it rises linearly from 1/25 of the maximum to the maximum over the first <see cref="TrainingOptions.OneCycleWarmUp"/>
    /// of all steps, then falls to 1/10,000 of it along half a cosine. The momentum stays.
    /// </summary>
    OneCycle,

    /// <summary>A triangle: it rises linearly from 0 to the maximum over the first <see cref="TrainingOptions.OneCycleWarmUp"/> of all steps, then falls linearly to 0 (Page 2018).</summary>
    Triangular,
}
