namespace Hdge.Training;

/// <summary>From the options to an optimiser.</summary>
internal static class Optimizers
{
    public static Optimizer Create(IReadOnlyList<ParameterGroup> groups, TrainingOptions options)
    {
        Optimizer optimizer = options.Optimizer switch
        {
            OptimizerKind.Adam => new Adam(groups, options.WeightDecay, beta2: options.AdamBeta2) { LargestGradient = options.GradientClipping },
            OptimizerKind.AdamW => new Adam(groups, options.WeightDecay, decoupled: true, options.AdamBeta2) { LargestGradient = options.GradientClipping },
            _ => new Sgd(groups, options.WeightDecay, options.Momentum, nesterov: options.Momentum > 0) { LargestGradient = options.GradientClipping },
        };
        optimizer.LearningRate = options.LearningRate;
        return optimizer;
    }
}
