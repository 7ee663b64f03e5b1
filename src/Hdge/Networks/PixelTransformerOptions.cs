using Hdge.Data;

namespace Hdge.Networks;

/// <summary>
/// A causal transformer over the pixels of images as colours of a palette (iGPT, Chen et al. 2020; GCRL, Kim, Kim and Lee 2021): its first blocks are the encoder, whose states' mean is
/// the features, all of them together the generative model of the image. It needs no labels: <see cref="Objectives.GenerativeContrastiveOptions"/> trains it. It has no gradient with
/// respect to the image, for colours are a step function of it.
/// </summary>
public sealed record PixelTransformerOptions : NetworkOptions
{
    /// <summary>False: its likelihood is that of one image.</summary>
    internal override bool TakesMirrorImages => false;

    private const int MostPixels = 1 << 16, MostWidth = 1 << 14;

    /// <summary>Colours K of the palette, which is fitted to the training images. Range 2..4096. Default 512, iGPT's; 16 is enough for grey images.</summary>
    public int Colors { get; init; } = 512;

    /// <summary>Side r of the squares of pixels whose mean is one pixel of the network: 1 (default), 2 or 4, a divisor of height and width. Twice the side costs a quarter.</summary>
    public int Reduction { get; init; } = 1;

    /// <summary>Blocks L. Range 1..64. Default 8; 24 in iGPT-S.</summary>
    public int Blocks { get; init; } = 8;

    /// <summary>Blocks of the encoder, 1..<see cref="Blocks"/>. Default 0: half of them, rounded up. The rest is the decoder.</summary>
    public int EncoderBlocks { get; init; }

    /// <summary>Width d of the states, which is the length of the features. Range 2..16384. Default 128; 512 in iGPT-S.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Attention heads, a divisor of <see cref="Width"/>. Default 4; 8 in iGPT-S.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Which pixels a block looks at. Default <see cref="AttentionLayout.Axial"/>.</summary>
    public AttentionLayout Attention { get; init; }

    /// <summary>
    /// Whether the first pixel is predicted and scored too. Default true, which makes the likelihood a density of images; false leaves its term out, as the sum from the second pixel on in
    /// GCRL's description does.
    /// </summary>
    public bool FirstPixel { get; init; } = true;

    /// <summary>Blocks of the encoder that are used.</summary>
    internal int Encoder => EncoderBlocks == 0 ? (Blocks + 1) / 2 : EncoderBlocks;

    internal override bool HasInputGradient => false;

    internal override bool HasPixelLikelihood => true;

    internal override int FewestWeights => 12 * Blocks;

    /// <inheritdoc/>
    protected override Backbone Build(NetworkContext context) => new PixelTransformer(this, context);

    /// <inheritdoc/>
    public override void Validate(ImageShape shape)
    {
        Argument.Require(Colors is >= 2 and <= 4096, Colors, "2..4096");
        Argument.Require(Reduction is 1 or 2 or 4, Reduction, "1, 2 or 4");
        Argument.Require(Blocks is >= 1 and <= 64, Blocks, "1..64");
        Argument.Require(EncoderBlocks >= 0 && EncoderBlocks <= Blocks, EncoderBlocks, $"1..{Blocks}, the number of blocks, or 0 for half of them");
        Argument.Require(Width is >= 2 and <= MostWidth, Width, $"2..{MostWidth}");
        Argument.Require(Heads >= 1 && Heads <= Width && Width % Heads == 0, Heads, $"a divisor of {nameof(Width)}, {Width}");
        Argument.Require(Enum.IsDefined(Attention), Attention, "Axial or Full");
        if (shape.Channels is not (1 or 3) || shape.IsVector)
            throw new ArgumentException($"The images are {shape}, expected 1 (grey) or 3 (colour) channels of more than one pixel: the network reads images pixel by pixel. Vectors of features take a {nameof(FeatureNetworkOptions)}.");
        if (shape.Height % Reduction != 0 || shape.Width % Reduction != 0)
            throw new ArgumentException($"{nameof(Reduction)} is {Reduction}, but the images are {shape}: expected a divisor of height and width. Pad or resize the images, or take another {nameof(Reduction)}.");
        if ((long)(shape.Height / Reduction) * (shape.Width / Reduction) is var pixels && (pixels > MostPixels || (pixels < 2 && !FirstPixel)))
            throw new ArgumentException($"The images are {shape}, {pixels} pixels after {nameof(Reduction)} {Reduction}, expected {(FirstPixel ? 1 : 2)}..{MostPixels}.");
    }

    /// <summary>For example <c>pixel transformer of 4 blocks, 2 of them encoder, width 64 (axial, 16 colours, reduced by 2)</c>.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"pixel transformer of {Blocks} blocks, {Encoder} of them encoder, width {Width} ({(Attention == AttentionLayout.Axial ? "axial" : "full")}, {Colors} colours{(Reduction > 1 ? FormattableString.Invariant($", reduced by {Reduction}") : "")})");
}
