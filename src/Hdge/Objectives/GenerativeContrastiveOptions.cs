using Hdge.Data;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Objectives;

/// <summary>
/// Hybrid generative-contrastive learning of representations (GCRL, Kim, Kim and Lee 2021): α·L_g + β·L_c without labels, on a <see cref="PixelTransformerOptions"/>. L_g is −log p of the
/// first, weakly augmented view, L_c the contrastive loss of SimCLR (Chen et al. 2020) between it and the second, strongly augmented one
/// (<see cref="AugmentationOptions.SecondView"/>). β = 0 is iGPT, α = 0 SimCLR on the same network. Then <see cref="LinearEpochs"/> train the linear layer on the frozen features.
/// </summary>
public sealed record GenerativeContrastiveOptions : ObjectiveOptions
{
    /// <summary>α, the weight of L_g in nats a pixel. Finite, at least 0. Default 1. GCRL's formula has the sum over the pixels: its α is this divided by their number.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>β, the weight of L_c. Finite, at least 0, not 0 with <see cref="Alpha"/>. Default 1.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>Temperature by which cosines are divided. Above 0. Default 0.1, SimCLR's for ImageNet; 0.5 for CIFAR-10 there.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Length of the embeddings that the projection head gives. Range 2..65536. Default 128, SimCLR's.</summary>
    public int ProjectionLength { get; init; } = 128;

    /// <summary>Passes over the training images' features for the linear layer. At least 1. Default 20. Not for a model of representations, which has no linear layer.</summary>
    public int LinearEpochs { get; init; } = 20;

    /// <summary>Highest learning rate of that stage (Adam, falling to 0 along half a cosine). Range (0, 1]. Default 0.01.</summary>
    public double LinearLearningRate { get; init; } = 0.01;

    /// <summary>Whether there are no labels, and so no linear layer to train.</summary>
    internal bool Unlabelled { get; init; }

    internal override bool IsUnlabelled => Unlabelled;

    /// <inheritdoc/>
    protected internal override int ViewCount => Beta > 0 ? 2 : 1;

    /// <inheritdoc/>
    protected internal override int SmallestBatch => Beta > 0 ? 2 : 1;

    /// <inheritdoc/>
    protected internal override bool TrainsClassifier => false;

    /// <inheritdoc/>
    protected internal override LinearStageOptions? FinalStage => Unlabelled ? null : new(LinearEpochs, LinearLearningRate);

    /// <inheritdoc/>
    protected internal override bool Distributes => true;

    /// <inheritdoc/>
    protected internal override string? NotAdversarial => "a pixel transformer has no gradient with respect to the image";

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Alpha >= 0 && double.IsFinite(Alpha), Alpha, "finite and at least 0");
        Argument.Require(Beta >= 0 && double.IsFinite(Beta), Beta, "finite and at least 0");
        Argument.Require(Alpha > 0 || Beta > 0, Beta, $"above 0 where {nameof(Alpha)} is 0: else there is nothing to train");
        Argument.Require(Temperature > 0 && double.IsFinite(Temperature), Temperature, "a finite number above 0");
        if ((DensityRatio is not null ? nameof(DensityRatio) : Rotation is not null ? nameof(Rotation) : Uncertainty is not null ? nameof(Uncertainty) : null) is { } beside)
            throw new ArgumentException($"{beside} is set, expected none beside {nameof(GenerativeContrastiveOptions)}: its epochs train no classifier for it to stand beside.");
        Argument.Require(ProjectionLength is >= 2 and <= 65536, ProjectionLength, "2..65536");
        Argument.Require(LinearEpochs >= 1, LinearEpochs, "at least 1");
        Argument.Require(LinearLearningRate > 0 && LinearLearningRate <= 1, LinearLearningRate, "(0, 1]");
    }

    internal override void Validate(NetworkOptions network, ImageShape shape)
    {
        if (!network.HasPixelLikelihood)
            throw new ArgumentException($"{nameof(GenerativeContrastiveOptions)} cannot train a {network.GetType().Name}, expected {nameof(PixelTransformerOptions)}: it is the likelihood of pixels that is trained.");
    }

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new GenerativeContrastiveObjective(context, this);
}
