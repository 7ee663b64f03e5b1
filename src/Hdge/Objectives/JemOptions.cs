using Hdge.Data;
using Hdge.Networks;
using Hdge.Sampling;

namespace Hdge.Objectives;

/// <summary>
/// Weights, sampler and buffer of <see cref="JemObjective"/>. With <see cref="ConditionalWeight"/> above 0 it is HDGE + JEM: log q(y|x) + log q(x) + log q(x|y).
/// </summary>
public sealed record JemOptions : ObjectiveOptions
{
    /// <summary>Weight of the cross-entropy −log q(y|x). Default 1, at least 0.</summary>
    public double ClassifierWeight { get; init; } = 1;

    /// <summary>Weight of −log q(x) by contrastive divergence. Default 1, at least 0.</summary>
    public double DensityWeight { get; init; } = 1;

    /// <summary>Weight of −log q(x|y), contrasted with a memory bank as in HDGE. Default 0, at least 0; 1 for the paper's HDGE + JEM.</summary>
    public double ConditionalWeight { get; init; }

    /// <summary>Form, temperature and bank of the term of <see cref="ConditionalWeight"/>; its α is not used.</summary>
    public MemoryBankOptions Contrast { get; init; } = new();

    /// <summary>The chains of log q(x). Default the published 20 steps of size 1 with noise 0.01.</summary>
    public SgldOptions Sampler { get; init; } = new();

    /// <summary>Images of the replay buffer. Default 10,000, at least 1 (class-conditional: at least one a class).</summary>
    public int BufferSize { get; init; } = 10_000;

    /// <summary>Probability with which a chain starts from fresh noise instead of the buffer. Default 0.05, range [0, 1].</summary>
    public double ReinitProbability { get; init; } = 0.05;

    /// <summary>Samples from log q(x|y) with y uniform and a part of the buffer for each class, instead of from log q(x). Default false.</summary>
    public bool ClassConditional { get; init; }

    /// <inheritdoc/>
    protected internal override int DivergenceRestarts => 5;

    /// <inheritdoc/>
    protected internal override bool TrainsClassifier => ClassifierWeight + ConditionalWeight > 0;

    /// <inheritdoc/>
    protected internal override bool TrainsDensity => DensityWeight > 0;

    /// <inheritdoc/>
    protected internal override string? NotAdversarial => DensityWeight > 0 ? "log q(x) would become that of attacked images" : null;

    /// <inheritdoc/>
    protected internal override TargetKinds Takes =>
        TargetKinds.Weighted | (DensityWeight > 0 ? 0 : TargetKinds.Mixed) | (ClassifierWeight > 0 ? TargetKinds.Smoothed : 0); // the chains' images are compared with real ones

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(ClassifierWeight, nameof(ClassifierWeight));
        Require(DensityWeight, nameof(DensityWeight));
        Require(ConditionalWeight, nameof(ConditionalWeight));
        if (ClassifierWeight + DensityWeight + ConditionalWeight == 0)
            throw new ArgumentException($"{nameof(ClassifierWeight)}, {nameof(DensityWeight)} and {nameof(ConditionalWeight)} are all 0, expected one above 0: there would be nothing to train.");
        Argument.Require(BufferSize >= 1, BufferSize, "at least 1");
        Argument.Require(ReinitProbability >= 0 && ReinitProbability <= 1, ReinitProbability, "in [0, 1]");
        Sampler.Validate();
        Contrast.Validate();

        static void Require(double weight, string name) => Argument.Require(weight >= 0 && double.IsFinite(weight), weight, "finite and at least 0", name);
    }

    internal override void Validate(NetworkOptions network, ImageShape shape)
    {
        if (DensityWeight > 0 && network.TakesFeatures)
            throw new ArgumentException($"JEM's log q(x) cannot train a network that takes features, expected another objective or {nameof(DensityWeight)} 0: its chains run over images of 0..1.");
        if (DensityWeight > 0 && !network.HasInputGradient)
            throw new ArgumentException($"JEM's log q(x) cannot train a {network.GetType().Name}, expected another network or {nameof(DensityWeight)} 0: {NetworkOptions.NoInputGradient}.");
        if (DensityWeight > 0)
            RefuseBatchNorm(network.HasBatchNorm(shape));
    }

    /// <exception cref="ArgumentException">The network has batch norm, and log q(x) is to be trained.</exception>
    internal void RefuseBatchNorm(bool hasBatchNorm)
    {
        if (DensityWeight > 0 && hasBatchNorm)
            throw new ArgumentException($"JEM's log q(x) cannot train a network with batch norm, expected {nameof(Normalization)}.{nameof(Normalization.None)} as published or another "
                + "normalisation of single images: real and sampled images would be normalised by different batches, so their energies could not be compared.");
    }

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new JemObjective(this, context);
}
