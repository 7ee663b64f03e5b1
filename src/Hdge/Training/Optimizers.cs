using Hdge.Networks;

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
