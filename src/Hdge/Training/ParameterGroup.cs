using TorchSharp.Modules;

namespace Hdge.Training;

/// <summary>Weights that are trained with the same settings. One that is frozen (no gradient required) may be among them and stays as it is.</summary>
/// <param name="Parameters">The weights.</param>
/// <param name="LearningRateFactor">What the run's learning rate is multiplied by. Default 1, finite and at least 0.</param>
/// <param name="WeightDecayFactor">What the run's weight decay is multiplied by. Default 1, finite and at least 0; 0 for none.</param>
internal sealed record ParameterGroup(IReadOnlyList<Parameter> Parameters, double LearningRateFactor = 1, double WeightDecayFactor = 1);
