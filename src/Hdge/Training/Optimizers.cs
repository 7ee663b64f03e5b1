using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>Sets up torch's optimisers.</summary>
internal static class Optimizers
{
    public static OptimizerHelper Create(IEnumerable<Parameter> parameters, TrainingOptions options) => options.Optimizer switch
    {
        OptimizerKind.Adam => optim.Adam(parameters, options.LearningRate, 0.9, 0.999, 1e-8, options.WeightDecay),
        _ => optim.SGD(parameters, options.LearningRate, options.Momentum, 0, options.WeightDecay, nesterov: options.Momentum > 0),
    };

    public static void SetLearningRate(optim.Optimizer optimizer, double rate)
    {
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
    }
}
