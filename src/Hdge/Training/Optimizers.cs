using Hdge.Networks;
using TorchSharp.Modules;

namespace Hdge.Training;

/// <summary>From the options to an optimiser.</summary>
internal static class Optimizers
{
    private const double UsualFactor = 0.1; // of a pre-trained backbone, whose weights are good already

    /// <summary>The weights of a network that are trained: all with the same learning rate, or those before the last layer with a rate of their own.</summary>
    public static IEnumerable<ParameterGroup> Groups(Backbone network, TrainingOptions options)
    {
        double factor = options.BackboneLearningRateFactor ?? (options.Pretrained is null ? 1 : UsualFactor);
        var head = network.HeadNames();
        var trained = network.named_parameters().Where(w => w.parameter.requires_grad).ToList();
        return factor == 1 ? [new([.. trained.Select(w => w.parameter)])] :
        [
            new([.. trained.Where(w => !head.Contains(w.name)).Select(w => w.parameter)], factor),
            new([.. trained.Where(w => head.Contains(w.name)).Select(w => w.parameter)]),
        ];
    }

    public static Optimizer Create(IReadOnlyList<ParameterGroup> groups, TrainingOptions options)
    {
        if (options.WeightDecay != 0 && options.DecayMatricesOnly)
            groups = [.. groups.SelectMany(Split)];
        var (rate, decay, largest) = (options.LearningRate, options.WeightDecay, options.GradientClipping);
        return options.Optimizer switch
        {
            OptimizerKind.Adam => new Adam(groups, decay, beta2: options.AdamBeta2) { LearningRate = rate, LargestGradient = largest },
            OptimizerKind.AdamW => new Adam(groups, decay, decoupled: true, options.AdamBeta2) { LearningRate = rate, LargestGradient = largest },
            _ => new Sgd(groups, decay, options.Momentum, nesterov: options.Momentum > 0) { LearningRate = rate, LargestGradient = largest },
        };
    }

    /// <summary>Matrices and kernels, and the rest, norms and biases, without decay.</summary>
    private static IEnumerable<ParameterGroup> Split(ParameterGroup group) =>
        [group with { Parameters = [.. group.Parameters.Where(IsMatrix)] }, group with { Parameters = [.. group.Parameters.Where(p => !IsMatrix(p))], WeightDecayFactor = 0 }];

    private static bool IsMatrix(Parameter weight) => weight.shape.Count(side => side > 1) > 1;
}
