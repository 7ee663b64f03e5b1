using TorchSharp.Modules;

namespace Hdge.Training;

/// <summary>Weights that are trained with the same settings.</summary>
/// <param name="parameters">The weights.</param>
/// <param name="learningRate">Learning rate of the next step.</param>
/// <param name="weightDecay">Weight decay λ of the next step.</param>
internal sealed class ParameterGroup(IEnumerable<Parameter> parameters, double learningRate, double weightDecay = 0)
{
    public IReadOnlyList<Parameter> Parameters { get; } = [.. parameters];

    public double LearningRate { get; set; } = learningRate;

    public double WeightDecay { get; set; } = weightDecay;
}
