using TorchSharp.Modules;

namespace Hdge.Training;

/// <summary>From the options to an optimiser.</summary>
internal static class Optimizers
{
    public static Optimizer Create(IEnumerable<Parameter> parameters, TrainingOptions options)
    {
        ParameterGroup[] groups = [new(parameters, options.LearningRate, options.WeightDecay)];
        return options.Optimizer switch
        {
            OptimizerKind.Adam => new Adam(groups),
            OptimizerKind.AdamW => new Adam(groups, decoupled: true),
            _ => new Sgd(groups, options.Momentum, nesterov: options.Momentum > 0),
        };
    }
}
