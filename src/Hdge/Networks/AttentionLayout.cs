namespace Hdge.Networks;

/// <summary>Which pixels the blocks of a <see cref="PixelTransformerOptions"/> look at.</summary>
public enum AttentionLayout
{
    /// <summary>
    /// Blocks alternate between the pixels of about a row before a pixel and those above it in its column, after the axial transformer (Ho et al. 2019): 2·W + H keys a pixel in place of
    /// H·W, and every earlier pixel is reached by two blocks.
    /// </summary>
    Axial,

    /// <summary>Every block looks at all earlier pixels, as in iGPT. Costs about 1.2 times as much at 16×16, twice as much at 32×32.</summary>
    Full,
}
