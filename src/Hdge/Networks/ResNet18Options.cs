using Hdge.Data;

namespace Hdge.Networks;

/// <summary>A ResNet-18: stages of 2, 2, 2, 2 basic blocks, 512 features, 11.2 million parameters.</summary>
public sealed record ResNet18Options : ResNetOptions
{
    private const int MostBlocks = 8;

    /// <summary>
    /// Blocks of the last stage. Default 2. The weights imagenet-resnet18 (<see cref="Training.TrainingOptions.Pretrained"/>) are of a network with 3, 15.9 million parameters: with them it is 3
    /// where it was not set. Range 2..8.
    /// </summary>
    public int LastStageBlocks { get; init; } = 2;

    internal override int FewestWeights => 100;

    /// <inheritdoc/>
    public override void Validate(ImageShape shape)
    {
        base.Validate(shape);
        Argument.Require(LastStageBlocks is >= 2 and <= MostBlocks, LastStageBlocks, $"2..{MostBlocks}");
    }

    /// <inheritdoc/>
    protected override Backbone Build(NetworkContext context) => new ResNet(this, context, [2, 2, 2, LastStageBlocks], 1);

    /// <summary>For example <c>ResNet-18 at 224 pixels</c>.</summary>
    public override string ToString() => Named(LastStageBlocks == 2 ? "ResNet-18" : FormattableString.Invariant($"ResNet-18 (blocks 2-2-2-{LastStageBlocks})"));
}
