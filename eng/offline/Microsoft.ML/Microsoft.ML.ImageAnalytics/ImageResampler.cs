namespace Microsoft.ML.Data;

/// <summary>Images of another size. Smooth means averaging where it shrinks and blending of neighbours where it grows.</summary>
internal static class ImageResampler
{
    public static MLImage Nearest(MLImage image, int width, int height)
    {
        var from = image.Pixels;
        var pixels = new byte[width * height * 4];
        for (var y = 0; y < height; y++)
        {
            var fromRow = (int)((y + 0.5) * image.Height / height) * image.Width;
            for (var x = 0; x < width; x++)
                from.Slice((fromRow + (int)((x + 0.5) * image.Width / width)) * 4, 4).CopyTo(pixels.AsSpan((y * width + x) * 4));
        }
        return new MLImage(width, height, image.PixelFormat, pixels);
    }

    /// <summary>Draws the image into a rectangle of a black canvas; the rectangle may stand out over it.</summary>
    public static MLImage Smooth(MLImage image, int width, int height, int left, int top, int innerWidth, int innerHeight)
    {
        var across = Weights(image.Width, innerWidth, left, width);
        var down = Weights(image.Height, innerHeight, top, height);
        var from = image.Pixels;
        var pixels = new byte[width * height * 4];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    double sum = 0;
                    foreach (var (row, rowWeight) in down[y])
                    {
                        foreach (var (column, weight) in across[x])
                            sum += rowWeight * weight * from[(row * image.Width + column) * 4 + channel];
                    }
                    pixels[(y * width + x) * 4 + channel] = (byte)(sum + 0.5);
                }
                pixels[(y * width + x) * 4 + 3] = 255;
            }
        }
        return new MLImage(width, height, image.PixelFormat, pixels);
    }

    // For every place on the canvas, which source places it is made of, and how much of each. Outside the image: none.
    private static (int Index, double Weight)[][] Weights(int size, int inner, int start, int canvas)
    {
        var step = (double)size / Math.Max(1, inner);
        var reach = Math.Max(1, step) / 2;
        return Enumerable.Range(0, canvas).Select(place =>
        {
            if (place < start || place >= start + inner)
                return [];
            var center = (place - start + 0.5) * step;
            var first = (int)Math.Floor(center - reach);
            var last = (int)Math.Ceiling(center + reach) - 1;
            return Enumerable.Range(first, last - first + 1)
                .Select(i => (
                    Index: Math.Clamp(i, 0, size - 1),
                    Weight: (Math.Min(i + 1, center + reach) - Math.Max(i, center - reach)) / (2 * reach)))
                .Where(w => w.Weight > 1e-9)
                .ToArray();
        }).ToArray();
    }
}
