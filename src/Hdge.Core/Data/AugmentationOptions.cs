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

    /// <summary>Side in pixels of a square at a random place that is set to the mean of the input, 0 (DeVries and Taylor 2017); parts of it may lie outside the image. Default 0: none. At most the image's smaller side.</summary>
    public int CutoutSize { get; init; }

    /// <summary>Standard deviation of Gaussian noise added to the network's input (after scaling, so on −1..1 by default). Default 0; 0.03 in JEM's published settings. At least 0.</summary>
    public double NoiseDeviation { get; init; }

    /// <summary>
    /// The strong augmentation of contrastive learning, in place of <see cref="CropPadding"/> and <see cref="HorizontalFlip"/>, which must stay unset with
    /// it. Default null: none. It acts on every view, be there one or two; values must be in 0..1 before scaling.
    /// </summary>
    public ViewAugmentationOptions? Views { get; init; }

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate(ImageShape shape)
    {
        int side = Math.Min(shape.Height, shape.Width);
        Argument.Require(CropPadding >= 0 && CropPadding < side, CropPadding, $"0..{side - 1} for images of {shape}");
        Argument.Require(Views is null || CropPadding == 0, CropPadding, $"0 together with {nameof(Views)}, which crop by themselves");
        Argument.Require(Views is null || !HorizontalFlip, HorizontalFlip, $"false together with {nameof(Views)}, which have a flip of their own");
        Argument.Require(CutoutSize >= 0 && CutoutSize <= side, CutoutSize, $"0..{side} for images of {shape}");
        Argument.Require(Views is null || CutoutSize == 0, CutoutSize, $"0 together with {nameof(Views)}");
        Views?.Validate();
        Argument.Require(NoiseDeviation >= 0 && double.IsFinite(NoiseDeviation), NoiseDeviation, "a finite number of at least 0");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
