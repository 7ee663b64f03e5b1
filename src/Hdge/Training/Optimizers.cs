namespace Hdge.Training;

/// <summary>From the options to an optimiser.</summary>
internal static class Optimizers
{
    public static Optimizer Create(IReadOnlyList<ParameterGroup> groups, TrainingOptions options)
    {
        Optimizer optimizer = options.Optimizer switch
        {
            OptimizerKind.Adam => new Adam(groups, options.WeightDecay),
            OptimizerKind.AdamW => new Adam(groups, options.WeightDecay, decoupled: true),
            _ => new Sgd(groups, options.WeightDecay, options.Momentum, nesterov: options.Momentum > 0),
        };
        optimizer.LearningRate = options.LearningRate;
        return optimizer;
    }
}
