using Hdge.Distributed;
using Hdge.Networks;
using Hdge.Training;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>
/// A batch under training. Features and logits are worked out when they are first asked for, and once: every term of an objective shares the one forward pass.
/// The tensors belong to the dispose scope in which they are made.
/// </summary>
/// <param name="network">The network, in training mode.</param>
/// <param name="images">Network input, shape [N, channels, height, width].</param>
/// <param name="targets">What the images are to be taken for.</param>
public sealed class TrainingStep(Backbone network, Tensor images, StepTargets targets)
{
    private readonly List<Tensor> _others = [];
    private Tensor? _features, _logits, _all;

    /// <summary>A step with one class an image, all images alike.</summary>
    /// <param name="network">The network, in training mode.</param>
    /// <param name="images">Network input, shape [N, channels, height, width].</param>
    /// <param name="labels">Classes, shape [N], 64-bit integers in 0..C − 1.</param>
    public TrainingStep(Backbone network, Tensor images, Tensor labels) : this(network, images, new StepTargets(labels))
    {
    }

    /// <summary>The network, in training mode.</summary>
    public Backbone Network { get; } = network;

    /// <summary>Network input, shape [N, channels, height, width].</summary>
    public Tensor Images { get; private set; } = images;

    /// <summary>Classes, shape [N], 64-bit integers in 0..C − 1.</summary>
    public Tensor Labels => Targets.Labels;

    /// <summary>What the images are to be taken for: the labels, and whatever else the run's options ask of an objective that <see cref="ObjectiveOptions.Takes"/> it.</summary>
    public StepTargets Targets { get; } = targets;

    /// <summary>Seed of whatever an objective draws for this step: it depends on the run's seed, the epoch and the batch, so a resumed run draws the same. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Penultimate features of <see cref="Images"/>, shape [N, F], with their graph.</summary>
    /// <exception cref="InvalidOperationException">The network gives something of another shape.</exception>
    public Tensor Features => _features ??= _others.Count == 0 ? All : Part(0, Images.shape[0]);

    /// <summary>Logits of <see cref="Images"/>, shape [N, C], with their graph.</summary>
    public Tensor Logits => _logits ??= Network.Head(Features);

    /// <summary>
    /// Penultimate features [N, F], with their graph, of other images that a step passes through the network: of the same on all processes, where several train (<see cref="TrainingOptions.Distributed"/>), each of
    /// which passes its part.
    /// </summary>
    /// <param name="images">Network input, shape [N, channels, height, width].</param>
    /// <exception cref="InvalidOperationException">The network gives something of another shape.</exception>
    public Tensor FeaturesOf(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Shard is { } shard ? shard.Pass(images, Pass) : Pass(images);

        Tensor Pass(Tensor input)
        {
            var features = Network.Features(input);
            return features.dim() == 2 && features.shape[0] == input.shape[0] && features.shape[1] == Network.FeatureLength ? features
                : throw new InvalidOperationException($"{Network.GetType().Name}.{nameof(Backbone.Features)} gives [{string.Join(", ", features.shape)}] for {input.shape[0]} images, expected [{input.shape[0]}, {Network.FeatureLength}].");
        }
    }

    /// <summary>This process's part, where several train; else null.</summary>
    internal Shard? Shard { get; init; }

    /// <summary>Whether an objective has asked for the logits.</summary>
    internal bool HasLogits => _logits is not null;

    /// <summary>
    /// Takes images that are not the step's own into its forward pass, before features or logits are asked for: batch norm then treats both alike, while training and, by its running averages, when it scores.
    /// </summary>
    /// <param name="others">[M, channels, height, width].</param>
    /// <returns>Gives their features, [M, F], with their graph.</returns>
    internal Func<Tensor> Join(Tensor others)
    {
        RequireNoFeatures();
        long start = _others.Sum(o => o.shape[0]), count = others.shape[0];
        _others.Add(others);
        return () => Part(Images.shape[0] + start, count);
    }

    private Tensor All => _all ??= FeaturesOf(_others.Count == 0 ? Images : cat([Images, .. _others], 0));

    private Tensor Part(long start, long count) => All.narrow(0, start, count);

    private void RequireNoFeatures()
    {
        if (_all is not null)
            throw new InvalidOperationException("The step's features have been worked out already.");
    }

    /// <summary>Goes on with other images of the same shape, before features or logits are asked for.</summary>
    internal void Replace(Tensor images)
    {
        RequireNoFeatures();
        Images = images;
    }
}
