namespace Hdge.Training;

/// <summary>The learning rate of every step, from the options alone: a resumed run asks for the same numbers.</summary>
internal sealed class LearningRateSchedule(TrainingOptions options, int stepsPerEpoch)
{
    private readonly long _total = (long)options.Epochs * stepsPerEpoch;

    /// <summary>Learning rate of step <paramref name="step"/>, counted from 0 over all epochs.</summary>
    public double At(long step)
    {
        if (step < options.WarmUpSteps)
            return options.LearningRate * (step + 1) / (options.WarmUpSteps + 1);
        return options.LearningRate * options.Schedule switch
        {
            ScheduleKind.Step => Math.Pow(options.StepFactor, options.StepEpochs.Count(epoch => step / stepsPerEpoch >= epoch)),
            ScheduleKind.Cosine => 0.5 * (1 + Math.Cos(Math.PI * (step - options.WarmUpSteps) / Math.Max(1, _total - options.WarmUpSteps))),
            _ => 1,
        };
    }
}
