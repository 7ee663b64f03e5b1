namespace Hdge.Networks;

/// <summary>Which pixels, of those before it in raster order and itself, a pixel looks at in one block.</summary>
internal enum AttentionPattern
{
    /// <summary>All of them.</summary>
    Full,

    /// <summary>The W before it, W the width, back to the pixel above: one such block and one of <see cref="Column"/> reach everything, which strict rows and columns never do.</summary>
    Row,

    /// <summary>Those above it in its column.</summary>
    Column,
}
