namespace Hdge.Networks;

/// <summary>A ResNet-50: stages of 3, 4, 6, 3 bottleneck blocks, 2048 features, 23.5 million parameters.</summary>
public sealed record ResNet50Options : ResNetOptions
{
    internal override int FewestWeights => 200;

    /// <inheritdoc/>
    protected override Backbone Build(NetworkContext context) => new ResNet(this, context, [3, 4, 6, 3], BottleneckBlock.Expansion);

    /// <summary>For example <c>ResNet-50 for small images</c>.</summary>
    public override string ToString() => Named("ResNet-50");
}
