using Hdge.Data;
using Hdge.Distributed;
using Hdge.Networks;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>What an objective may need to know of the run it belongs to.</summary>
/// <param name="Network">The network that is trained, on <paramref name="Device"/>.</param>
/// <param name="Scaling">How values become network input.</param>
/// <param name="Device">Where it is trained.</param>
/// <param name="Seed">Seed of the objective's own randomness; what is drawn in a step comes from <see cref="TrainingStep.Seed"/>.</param>
public sealed record ObjectiveContext(Backbone Network, PixelScaling Scaling, Device Device, int Seed)
{
    /// <summary>This process's part, where several train; else null.</summary>
    internal Shard? Shard { get; init; }

    /// <summary>Whether nothing before the last layer is trained: the network is frozen, or a linear one over features. Default false.</summary>
    public bool TrainsLastLayerAlone { get; init; }
}
