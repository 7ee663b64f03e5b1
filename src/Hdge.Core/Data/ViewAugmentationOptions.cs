namespace Hdge.Data;

/// <summary>
/// The strong augmentation of contrastive learning: random resized crop, flip, colour jitter, greyscale, in this order (SimCLR, Chen et al. 2020,
/// appendix A; the defaults are those of Supervised Contrastive Learning, Khosla et al. 2020, for 32×32 images). Colours mean three channels in the
/// order red, green, blue; images of another number of channels get brightness and contrast only.
/// </summary>
public sealed record ViewAugmentationOptions
{
    /// <summary>Smallest area of the crop, as a share of the image's; the area is uniform. Default 0.2 (SimCLR: 0.08). Range (0, 1].</summary>
    public double MinimumCropArea { get; init; } = 0.2;

    /// <summary>Largest area of the crop, as a share of the image's. Default 1. Range [<see cref="MinimumCropArea"/>, 1].</summary>
    public double MaximumCropArea { get; init; } = 1;

    /// <summary>Smallest width ÷ height of the crop; its logarithm is uniform. Default 3/4. Above 0.</summary>
    public double MinimumAspectRatio { get; init; } = 3.0 / 4;

    /// <summary>Largest width ÷ height of the crop. Default 4/3. Finite, at least <see cref="MinimumAspectRatio"/>.</summary>
    public double MaximumAspectRatio { get; init; } = 4.0 / 3;

    /// <summary>Mirrors an image left-right with probability one half. Default true. Wrong for digits and letters.</summary>
    public bool HorizontalFlip { get; init; } = true;

    /// <summary>Probability of the colour jitter: brightness, contrast, saturation and hue in random order, each result clamped to 0..1. Default 0.8. Range [0, 1].</summary>
    public double ColorJitterProbability { get; init; } = 0.8;

    /// <summary>Brightness b: the image is multiplied by a factor uniform in 1 ± b. Default 0.4. Range [0, 1].</summary>
    public double Brightness { get; init; } = 0.4;

    /// <summary>Contrast c: distances from the image's mean luma are multiplied by a factor uniform in 1 ± c. Default 0.4. Range [0, 1].</summary>
    public double Contrast { get; init; } = 0.4;

    /// <summary>Saturation s: distances from each pixel's luma are multiplied by a factor uniform in 1 ± s. Default 0.4. Range [0, 1].</summary>
    public double Saturation { get; init; } = 0.4;

    /// <summary>Hue h: the hue (HSV) is turned by a part of the colour circle uniform in ± h. Default 0.1. Range [0, 0.5].</summary>
    public double Hue { get; init; } = 0.1;

    /// <summary>Probability with which a colour image becomes its luma. Default 0.2. Range [0, 1].</summary>
    public double GrayscaleProbability { get; init; } = 0.2;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(MinimumCropArea > 0 && MinimumCropArea <= 1, MinimumCropArea, "in (0, 1]");
        Argument.Require(MaximumCropArea >= MinimumCropArea && MaximumCropArea <= 1, MaximumCropArea, $"in [{MinimumCropArea}, 1]");
        Argument.Require(MinimumAspectRatio > 0 && double.IsFinite(MinimumAspectRatio), MinimumAspectRatio, "finite and above 0");
        Argument.Require(MaximumAspectRatio >= MinimumAspectRatio && double.IsFinite(MaximumAspectRatio), MaximumAspectRatio, $"finite and at least {MinimumAspectRatio}");
        Argument.Require(ColorJitterProbability is >= 0 and <= 1, ColorJitterProbability, "in [0, 1]");
        Argument.Require(Brightness is >= 0 and <= 1, Brightness, "in [0, 1]");
        Argument.Require(Contrast is >= 0 and <= 1, Contrast, "in [0, 1]");
        Argument.Require(Saturation is >= 0 and <= 1, Saturation, "in [0, 1]");
        Argument.Require(Hue is >= 0 and <= 0.5, Hue, "in [0, 0.5]");
        Argument.Require(GrayscaleProbability is >= 0 and <= 1, GrayscaleProbability, "in [0, 1]");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
