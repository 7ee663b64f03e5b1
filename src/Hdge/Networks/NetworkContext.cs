using Hdge.Data;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>What a network is made for.</summary>
/// <param name="Shape">Shape of the images.</param>
/// <param name="ClassCount">Number of logits C, at least 2.</param>
/// <param name="Seed">Seed of what the network draws for itself, such as <see cref="SeededDropout"/>; the initial weights are drawn from it by <see cref="Backbone.Initialize"/>.</param>
/// <param name="Device">Where every weight is made. On <c>torch.META</c> weights have names, types and shapes and take no memory: a model file is checked against such a network.</param>
public sealed record NetworkContext(ImageShape Shape, int ClassCount, int Seed, Device Device);
