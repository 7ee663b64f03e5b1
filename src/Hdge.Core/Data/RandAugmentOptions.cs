namespace Hdge.Data;

/// <summary>
/// RandAugment (Cubuk et al. 2020): each image goes through <see cref="Operations"/> of 14 changes drawn at random, all of one strength. They are those of the paper's section 3 with the ranges of
/// torchvision: identity, shears (to ±0.3), translations (to ±150/331 of the side), rotation (to ±30°), brightness, colour, contrast and sharpness (factors 1 ± 0.9), posterize (to 4 bits), solarize,
/// autocontrast and equalize. They work on bytes, as in image libraries: floating-point images are rounded to 256 levels. For grey or RGB images.
/// </summary>
public sealed record RandAugmentOptions
{
    internal const int Levels = 30;

    /// <summary>Changes an image, N. Default 2, as for ImageNet in the paper. Range 1..14.</summary>
    public int Operations { get; init; } = 2;

    /// <summary>Strength M on a scale of 0..30. Default 9, as for ImageNet in the paper.</summary>
    public int Magnitude { get; init; } = 9;

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range, or the images are neither grey nor RGB.</exception>
    public void Validate(ImageShape shape)
    {
        Argument.Require(Operations is >= 1 and <= 14, Operations, "1..14");
        Argument.Require(Magnitude is >= 0 and <= Levels, Magnitude, $"0..{Levels}");
        Argument.Require(shape.Channels is 1 or 3, shape, "grey or RGB images (1 or 3 channels) for RandAugment");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
