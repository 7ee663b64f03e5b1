using Hdge.Data;
using Hdge.Networks;
using Hdge.Robustness;
using Hdge.Training;

namespace Hdge.Objectives;

/// <summary>
/// Adversarial training (Madry et al. 2018, equation 2.1): another objective, but on the images of a step as <see cref="Attack"/> has made them worse. A step
/// costs about <see cref="PgdOptions.Steps"/> + 1 times as much.
/// </summary>
public sealed record AdversarialTrainingOptions : ObjectiveOptions
{
    /// <summary>The objective that is trained on the attacked images. Default cross-entropy, as in the paper.</summary>
    public ObjectiveOptions Inner { get; init; } = new CrossEntropyOptions();

    /// <summary>The attack. Default that of the paper for CIFAR-10: L∞, ε = 8/255, 7 steps of 2/255 from a random start. Its seed is not used: the run's is.</summary>
    public PgdOptions Attack { get; init; } = new() { Steps = 7, StepSize = 2.0 / 255 };

    /// <inheritdoc/>
    protected internal override int ViewCount => Inner.ViewCount;

    /// <inheritdoc/>
    protected internal override int SmallestBatch => Inner.SmallestBatch;

    /// <inheritdoc/>
    protected internal override bool TrainsClassifier => Inner.TrainsClassifier;

    /// <inheritdoc/>
    protected internal override bool TrainsDensity => Inner.TrainsDensity;

    /// <inheritdoc/>
    protected internal override bool Distributes => Inner.Distributes;

    internal override void Finish(Backbone network) => Inner.Finish(network);

    /// <inheritdoc/>
    protected internal override int DivergenceRestarts => Inner.DivergenceRestarts;

    /// <inheritdoc/>
    protected internal override LinearStageOptions? FinalStage => Inner.FinalStage;

    /// <inheritdoc/>
    protected internal override string? NotAdversarial => "the images would be attacked twice";

    /// <inheritdoc/>
    protected internal override TargetKinds Takes => Inner.Takes & ~TargetKinds.Mixed; // the attack leads away from one class

    /// <inheritdoc/>
    public override void Validate()
    {
        ArgumentNullException.ThrowIfNull(Inner);
        ArgumentNullException.ThrowIfNull(Attack);
        if (Inner.NotAdversarial is { } reason)
            throw new ArgumentException($"{nameof(Inner)} is {Inner.GetType().Name}, which adversarial training cannot wrap: {reason}.");
        Inner.Validate();
        Attack.Validate();
        Argument.Require(Attack.Epsilon > 0, Attack.Epsilon, "above 0 in adversarial training: with 0 nothing is attacked");
    }

    internal override void Validate(NetworkOptions network, ImageShape shape)
    {
        if (network.TakesFeatures)
            throw new ArgumentException("Adversarial training cannot train a network that takes features, expected another objective: the attack changes pixels of 0..1.");
        if (!network.HasInputGradient)
            throw new ArgumentException($"Adversarial training cannot train a {network.GetType().Name}, expected another network: {NetworkOptions.NoInputGradient}.");
        Inner.Validate(network, shape);
    }

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new AdversarialTrainingObjective(context, this);
}
