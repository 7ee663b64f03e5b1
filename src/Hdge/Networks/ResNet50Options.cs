using Hdge.Data;

namespace Hdge.Networks;

/// <summary>Choices of a ResNet-50 (He et al. 2016) for small images, as in the published Supervised Contrastive code.</summary>
public sealed record ResNet50Options : NetworkOptions
{
    private const int SmallestSide = 9;

    /// <summary>Weight of the newest batch in batch norm's running averages (PyTorch's sense). Default 0.1, range (0, 1].</summary>
    public double BatchNormMomentum { get; init; } = 0.1;

    /// <summary>Whether the last norm's scale in each block starts at 0, so that every block starts as the identity (Goyal et al. 2017, section 5.1). Default false, as published.</summary>
    public bool ZeroInitResidual { get; init; }

    /// <inheritdoc/>
    protected override Backbone Build(NetworkContext context) => new ResNet50(this, context);

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range, or the image is below 9×9 (three strides of 2 leave one pixel, too little to normalise).</exception>
    public override void Validate(ImageShape shape)
    {
        Argument.Require(BatchNormMomentum > 0 && BatchNormMomentum <= 1, BatchNormMomentum, "(0, 1]");
        Argument.Require(shape.Height >= SmallestSide && shape.Width >= SmallestSide, shape, $"images of at least {SmallestSide}x{SmallestSide} pixels for a ResNet-50");
    }

    /// <summary>Its usual name.</summary>
    public override string ToString() => "ResNet-50";
}
