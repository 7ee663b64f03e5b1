namespace Hdge.Data;

/// <summary>Random changes made to training images, a fresh draw each epoch. None by default.</summary>
public sealed record AugmentationOptions
{
    /// <summary>Pixels of reflected border added on each side before a random crop of the original size. Default 0 (no crop); 4 in the published code. At least 0, below the image's smaller side.</summary>
    public int CropPadding { get; init; }

    /// <summary>Mirrors an image left-right with probability one half. Default false; true in the published code. Wrong for digits and letters.</summary>
    public bool HorizontalFlip { get; init; }

    /// <summary>
    /// With <see cref="HorizontalFlip"/>: instead of with probability one half, an image is mirrored in every other epoch, half of the images first (Jordan 2024, section 3.6): what two epochs show is then
    /// never the same. Default false; without <see cref="HorizontalFlip"/> nothing is mirrored.
    /// </summary>
    public bool AlternatingFlip { get; init; }

    /// <summary>Standard deviation of Gaussian noise added to the network's input (after scaling, so on −1..1 by default). Default 0; 0.03 in JEM's published settings. At least 0.</summary>
    public double NoiseDeviation { get; init; }

    /// <summary>
    /// The strong augmentation of contrastive learning, in place of <see cref="CropPadding"/> and <see cref="HorizontalFlip"/>, which must stay unset with
    /// it. Default null: none. It acts on every view, be there one or two; values must be in 0..1 before scaling.
    /// </summary>
    public ViewAugmentationOptions? Views { get; init; }

    /// <summary>
    /// The strong augmentation of the second view alone, where an objective takes two: the first is made by the options above. Default null: both views are made alike. Values must be in 0..1
    /// before scaling.
    /// </summary>
    public ViewAugmentationOptions? SecondView { get; init; }

    /// <summary>RandAugment, after crop and flip or the views' crop, flip and colours. Default null: none.</summary>
    public RandAugmentOptions? RandAugment { get; init; }

    /// <summary>Random erasing, after all that changes an image by itself. Default null: none.</summary>
    public RandomErasingOptions? Erasing { get; init; }

    /// <summary>
    /// Mixup (Zhang et al. 2018): each image of a step is mixed with another of it, λ·x + (1 − λ)·x', and is to be taken for both classes in these shares; λ ~ Beta(α, α) with this α, one draw a step.
    /// Default 0: none; 0.2 for ImageNet and 1 for CIFAR-10 in the paper. Finite, at least 0. Not every objective takes images of two classes (docs/augmentation.md).
    /// </summary>
    public double Mixup { get; init; }

    /// <summary>
    /// CutMix (Yun et al. 2019): a box of each image is filled from another of the step, and the image is to be taken for both classes by their areas, 1 − λ for the box; λ ~ Beta(α, α) with this α, one draw a
    /// step. Default 0: none; 1 in the paper. Finite, at least 0. Together with <see cref="Mixup"/> each mixed step draws one of the two.
    /// </summary>
    public double CutMix { get; init; }

    /// <summary>Share of the steps in which images are mixed, where <see cref="Mixup"/> or <see cref="CutMix"/> is set. Default 1; 0.5 for CutMix on CIFAR in the paper's code. Range (0, 1].</summary>
    public double MixProbability { get; init; } = 1;

    /// <summary>What is left where images may not be mixed.</summary>
    internal AugmentationOptions Unmixed => this with { Mixup = 0, CutMix = 0 };

    /// <summary>
    /// Side in pixels of a square, at a place drawn anew each time and cut off at the border, that becomes 0 in the network's input (Cutout, DeVries and Taylor 2017): in every view, after all else that changes
    /// an image but <see cref="Erasing"/>. Default 0: none; 16 in the paper for 32 × 32 pixels. At most the image's smaller side.
    /// </summary>
    public int Cutout { get; init; }

    /// <summary>Mixes images with changed copies of themselves and with pictures that code makes. Default null: none. Values must be in 0..1 before scaling.</summary>
    public PixMixOptions? PixMix { get; init; }

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate(ImageShape shape)
    {
        int side = Math.Min(shape.Height, shape.Width);
        Argument.Require(CropPadding >= 0 && CropPadding < side, CropPadding, $"0..{side - 1} for images of {shape}");
        Argument.Require(Views is null || CropPadding == 0, CropPadding, $"0 together with {nameof(Views)}, which crop by themselves");
        Argument.Require(Views is null || !HorizontalFlip, HorizontalFlip, $"false together with {nameof(Views)}, which have a flip of their own");
        Views?.Validate();
        SecondView?.Validate();
        RandAugment?.Validate(shape);
        Erasing?.Validate();
        Argument.Require(Mixup >= 0 && double.IsFinite(Mixup), Mixup, "a finite number of at least 0");
        Argument.Require(CutMix >= 0 && double.IsFinite(CutMix), CutMix, "a finite number of at least 0");
        Argument.Require(MixProbability > 0 && MixProbability <= 1, MixProbability, "in (0, 1]");
        Argument.Require(Cutout >= 0 && Cutout <= side, Cutout, $"0..{side} for images of {shape}");
        PixMix?.Validate();
        Argument.Require(NoiseDeviation >= 0 && double.IsFinite(NoiseDeviation), NoiseDeviation, "a finite number of at least 0");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
