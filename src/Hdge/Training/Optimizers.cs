using TorchSharp.Modules;

namespace Hdge.Training;

/// <summary>From the options to an optimiser.</summary>
internal static class Optimizers
{
    public static Optimizer Create(IReadOnlyList<ParameterGroup> groups, TrainingOptions options)
    {
        if (options.WeightDecay != 0 && options.DecayMatricesOnly)
            groups = [.. groups.SelectMany(Split)];
        var (rate, decay, largest) = (options.LearningRate, options.WeightDecay, options.GradientClipping);
        return options.Optimizer switch
        {
            OptimizerKind.Adam => new Adam(groups, decay) { LearningRate = rate, LargestGradient = largest },
            OptimizerKind.AdamW => new Adam(groups, decay, decoupled: true) { LearningRate = rate, LargestGradient = largest },
            _ => new Sgd(groups, decay, options.Momentum, nesterov: options.Momentum > 0) { LearningRate = rate, LargestGradient = largest },
        };
    }

    /// <summary>Matrices and kernels, and the rest, norms and biases, without decay.</summary>
    private static IEnumerable<ParameterGroup> Split(ParameterGroup group) =>
        [group with { Parameters = [.. group.Parameters.Where(IsMatrix)] }, group with { Parameters = [.. group.Parameters.Where(p => !IsMatrix(p))], WeightDecayFactor = 0 }];

    private static bool IsMatrix(Parameter weight) => weight.shape.Count(side => side > 1) > 1;
}
