using Hdge.Training;

namespace Hdge.Objectives;

/// <summary>
/// Supervised contrastive learning (Khosla et al. 2020) in two stages: the epochs of the run train features and a projection head, without a classifier; then
/// <see cref="LinearEpochs"/> train the linear layer on the frozen features with cross-entropy.
/// </summary>
public sealed record SupervisedContrastiveOptions : ObjectiveOptions
{
    /// <summary>Temperature T by which cosines are divided. Above 0. Default 0.1, the paper's value; 0.07 in its published code.</summary>
    public double Temperature { get; init; } = 0.1;

    /// <summary>Length P of the embeddings that the projection head gives. Range 2..65536. Default 128, the paper's value.</summary>
    public int ProjectionLength { get; init; } = 128;

    /// <summary>Views of each image in a step: 1 (default), or 2, as in the paper, of which each is an anchor. Two ask for an augmentation that makes them differ.</summary>
    public int Views { get; init; } = 1;

    /// <summary>
    /// α of α·cross-entropy + (1 − α)·contrastive while features are trained. Range [0, 1). Default 0, as in the paper: the linear layer is trained
    /// afterwards. Above 0 both are trained together, and <see cref="LinearEpochs"/> may be 0.
    /// </summary>
    public double Alpha { get; init; }

    /// <summary>Passes over the training images' features for the linear layer. Default 20; 0 only where <see cref="Alpha"/> is above 0.</summary>
    public int LinearEpochs { get; init; } = 20;

    /// <summary>Highest learning rate of that stage (Adam, falling to 0 along half a cosine). Range (0, 1]. Default 0.01.</summary>
    public double LinearLearningRate { get; init; } = 0.01;

    /// <inheritdoc/>
    protected internal override int ViewCount => Views;

    /// <inheritdoc/>
    protected internal override int SmallestBatch => 2;

    /// <inheritdoc/>
    protected internal override bool TrainsClassifier => Alpha > 0;

    /// <inheritdoc/>
    protected internal override LinearStageOptions? FinalStage => LinearEpochs > 0 ? new(LinearEpochs, LinearLearningRate) : null;

    /// <inheritdoc/>
    protected internal override string? NotAdversarial => "its adversary would need a classifier, which is trained only after the features";

    /// <inheritdoc/>
    protected internal override bool TakesFeaturesAlone => true;

    /// <inheritdoc/>
    protected internal override TargetKinds Takes => TargetKinds.Weighted | TargetKinds.Smoothed; // an image of two classes has no positives of its own

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Temperature > 0 && double.IsFinite(Temperature), Temperature, "a finite number above 0");
        Argument.Require(ProjectionLength is >= 2 and <= 65536, ProjectionLength, "2..65536");
        Argument.Require(Views is 1 or 2, Views, "1 or 2");
        Argument.Require(Alpha >= 0 && Alpha < 1, Alpha, $"[0, 1): with 1 nothing is contrasted, which {nameof(CrossEntropyOptions)} does");
        Argument.Require(LinearEpochs >= 0, LinearEpochs, "at least 0");
        Argument.Require(LinearEpochs > 0 || Alpha > 0, LinearEpochs, $"at least 1 where {nameof(Alpha)} is 0: else nothing trains the classifier");
        Argument.Require(LinearLearningRate > 0 && LinearLearningRate <= 1, LinearLearningRate, "(0, 1]");
    }

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new SupervisedContrastiveObjective(context, this);
}
