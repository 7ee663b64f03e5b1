namespace Hdge.Data;

/// <summary>Many images as one picture: rows of <c>columns</c> images, left to right and top to bottom.</summary>
public static class ImageGrid
{
    /// <summary>The grid as a PNG file. Images of floating-point values are clamped to 0..1 and rounded to bytes.</summary>
    /// <param name="images">At least one image, of 1 (grey) or 3 (RGB) channels.</param>
    /// <param name="columns">Images in a row, at least 1. Default 10.</param>
    /// <param name="padding">White pixels between images and around them, at least 0. Default 2.</param>
    /// <exception cref="ArgumentException">There are no images, or they have another number of channels.</exception>
    public static byte[] ToPng(ImageSet images, int columns = 10, int padding = 2)
    {
        ArgumentNullException.ThrowIfNull(images);
        var (pixels, shape) = Compose(Bytes(images), images.Shape, columns, padding);
        return Png.Encode(pixels, shape.Channels, shape.Height, shape.Width);
    }

    /// <summary>The grid's values and shape, channel first.</summary>
    /// <param name="pixels">Images of <paramref name="shape"/> one after another, at least one.</param>
    /// <param name="shape">Shape of every image.</param>
    /// <param name="columns">Images in a row, at least 1.</param>
    /// <param name="padding">White pixels between images and around them, at least 0.</param>
    internal static (byte[] Pixels, ImageShape Shape) Compose(ReadOnlySpan<byte> pixels, ImageShape shape, int columns, int padding = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        if (pixels.Length == 0 || pixels.Length % shape.Length != 0)
            throw new ArgumentException($"A grid needs at least one image of {shape} ({shape.Length} values each), found {pixels.Length} values.", nameof(pixels));
        int count = pixels.Length / shape.Length;
        columns = Math.Min(columns, count);
        int rows = (count + columns - 1) / columns, stepY = shape.Height + padding, stepX = shape.Width + padding;
        var grid = new ImageShape(shape.Channels, checked(rows * stepY + padding), checked(columns * stepX + padding));
        var result = new byte[grid.Length];
        Array.Fill(result, (byte)255);
        for (int i = 0; i < count; i++)
            for (int c = 0; c < shape.Channels; c++)
                for (int y = 0; y < shape.Height; y++)
                {
                    int top = padding + i / columns * stepY + y, left = padding + i % columns * stepX;
                    pixels.Slice(i * shape.Length + (c * shape.Height + y) * shape.Width, shape.Width).CopyTo(result.AsSpan((c * grid.Height + top) * grid.Width + left));
                }
        return (result, grid);
    }

    /// <summary>All images as bytes, one after another.</summary>
    internal static byte[] Bytes(ImageSet images)
    {
        if (images.IsBytes)
            return images.Bytes(0, images.Count).ToArray();
        var singles = images.Singles(0, images.Count);
        var bytes = new byte[singles.Length];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)MathF.Round(255 * Math.Clamp(singles[i], 0, 1));
        return bytes;
    }
}
