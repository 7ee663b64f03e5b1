namespace Hdge.Training;

/// <summary>The learning rate of every step, from the options alone: a resumed run asks for the same numbers.</summary>
internal sealed class LearningRateSchedule(TrainingOptions options, int stepsPerEpoch)
{
    private const double OneCycleStart = 1.0 / 25, OneCycleEnd = 1e-4; // of the maximum

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
            ScheduleKind.OneCycle => OneCycle(step),
            ScheduleKind.Triangular => Triangle(step),
            _ => 1,
        };
    }

    /// <summary>Never 0: with t = step + 1 of n + 1, t/p before the peak p, (1 − t)/(1 − p) after it, each as shares.</summary>
    private double Triangle(long step)
    {
        double at = (step + 1.0) / (_total + 1);
        return Math.Min(at / options.OneCycleWarmUp, (1 - at) / (1 - options.OneCycleWarmUp));
    }

    /// <summary>a + (1 − a)·s/p before step p, b + (1 − b)·(1 + cos πt)/2 from there on, t running from 0 at p to 1 at the last step.</summary>
    private double OneCycle(long step)
    {
        double peak = options.OneCycleWarmUp * _total, left = _total - 1 - peak;
        if (step < peak)
            return OneCycleStart + (1 - OneCycleStart) * step / peak;
        return OneCycleEnd + (1 - OneCycleEnd) * 0.5 * (1 + Math.Cos(left > 0 ? Math.PI * (step - peak) / left : 0));
    }
}
