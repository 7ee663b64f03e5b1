using Hdge.Data;

namespace Hdge.Training;

/// <summary>What a run works on.</summary>
/// <param name="Model">Is trained.</param>
/// <param name="Train">Images to train on.</param>
/// <param name="HeldOut">Images held out; none where nothing is.</param>
/// <param name="Options">Everything it depends on.</param>
internal sealed record RunInput(HdgeModel Model, ImageSet Train, ImageSet HeldOut, TrainingOptions Options)
{
    /// <summary>The run over images that this one, over their features, stands for (<see cref="FrozenRun"/>); null where it stands for itself.</summary>
    public RunInput? Whole { get; init; }

    /// <summary>The other processes that train it; null where there are none.</summary>
    public SharedRun? Shared { get; init; }

    /// <summary>Time that passed before it.</summary>
    public TimeSpan Spent { get; init; }
}
