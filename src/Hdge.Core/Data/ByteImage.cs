namespace Hdge.Data;

/// <summary>
/// Changes of images of bytes, channel first, of 1 (grey) or 3 (RGB) channels, as the Python imaging library PIL defines them, rounding included: RandAugment was published and is used with it.
/// Works in place with memory of its own.
/// </summary>
internal sealed class ByteImage(ImageShape shape)
{
    private readonly byte[] _copy = new byte[shape.Length];
    private readonly int _plane = shape.Height * shape.Width;
    private readonly int[] _counts = new int[256];
    private readonly byte[] _values = new byte[256];

    public int Width => shape.Width;

    public int Height => shape.Height;

    /// <summary>Pixel (x, y) becomes that of (a·x + b·y + c, d·x + e·y + f), coordinates counted at pixel centres (½), the nearest one; black beyond the border.</summary>
    public void Warp(Span<byte> image, double a, double b, double c, double d, double e, double f)
    {
        image.CopyTo(_copy);
        for (int y = 0, at = 0; y < Height; y++)
            for (int x = 0; x < Width; x++, at++)
            {
                double fromX = Math.Floor(a * (x + 0.5) + b * (y + 0.5) + c), fromY = Math.Floor(d * (x + 0.5) + e * (y + 0.5) + f);
                bool inside = fromX >= 0 && fromX < Width && fromY >= 0 && fromY < Height;
                int from = inside ? (int)fromY * Width + (int)fromX : 0;
                for (int channel = 0; channel < image.Length; channel += _plane)
                    image[channel + at] = inside ? _copy[channel + from] : (byte)0;
            }
    }

    /// <summary>Turns the image around its middle, counterclockwise.</summary>
    public void Rotate(Span<byte> image, double degrees)
    {
        double angle = -degrees * Math.PI / 180, cos = Math.Cos(angle), sin = Math.Sin(angle), x = Width / 2.0, y = Height / 2.0;
        if (degrees != 0)
            Warp(image, cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y);
    }

    /// <summary>Multiplies by <paramref name="factor"/>.</summary>
    public static void Brightness(Span<byte> image, float factor)
    {
        foreach (ref byte value in image)
            value = Blend(0, value, factor);
    }

    /// <summary>Multiplies each pixel's distance from its luma by <paramref name="factor"/>; a grey image stays.</summary>
    public void Color(Span<byte> image, float factor)
    {
        for (int i = 0; image.Length > _plane && i < _plane; i++)
        {
            byte luma = Luma(image, i);
            for (int at = i; at < image.Length; at += _plane)
                image[at] = Blend(luma, image[at], factor);
        }
    }

    /// <summary>Multiplies distances from the mean luma, a whole number, by <paramref name="factor"/>.</summary>
    public void Contrast(Span<byte> image, float factor)
    {
        long sum = 0;
        for (int i = 0; i < _plane; i++)
            sum += Luma(image, i);
        byte mean = (byte)((double)sum / _plane + 0.5);
        foreach (ref byte value in image)
            value = Blend(mean, value, factor);
    }

    /// <summary>Multiplies distances from the smoothed image (weights 1, in the middle 5, of 13; the border as it is) by <paramref name="factor"/>.</summary>
    public void Sharpness(Span<byte> image, float factor)
    {
        image.CopyTo(_copy);
        for (int channel = 0; channel < image.Length; channel += _plane)
            for (int y = 1; y < Height - 1; y++)
                for (int x = 1, at = channel + y * Width + 1; x < Width - 1; x++, at++)
                {
                    int sum = 4 * _copy[at];
                    for (int row = at - Width; row <= at + Width; row += Width)
                        sum += _copy[row - 1] + _copy[row] + _copy[row + 1];
                    image[at] = Blend((byte)((2 * sum + 13) / 26), _copy[at], factor);
                }
    }

    /// <summary>Keeps the highest <paramref name="bits"/> bits of each value.</summary>
    public static void Posterize(Span<byte> image, int bits)
    {
        byte mask = (byte)(0xFF << (8 - bits));
        foreach (ref byte value in image)
            value &= mask;
    }

    /// <summary>Turns values from <paramref name="threshold"/> on into 255 minus themselves.</summary>
    public static void Solarize(Span<byte> image, double threshold)
    {
        foreach (ref byte value in image)
            value = value < threshold ? value : (byte)(255 - value);
    }

    /// <summary>Stretches each channel to 0..255.</summary>
    public void AutoContrast(Span<byte> image)
    {
        for (int at = 0; at < image.Length; at += _plane)
        {
            var channel = image.Slice(at, _plane);
            var extent = Extent.Of<byte>(channel);
            if (extent.Width == 0)
                continue;
            double scale = 255.0 / extent.Width, offset = -extent.Low * scale;
            foreach (ref byte value in channel)
                value = (byte)Math.Clamp(value * scale + offset, 0, 255);
        }
    }

    /// <summary>Spreads the values of each channel so that its histogram is as flat as it can be.</summary>
    public void Equalize(Span<byte> image)
    {
        for (int at = 0; at < image.Length; at += _plane)
        {
            var channel = image.Slice(at, _plane);
            Array.Clear(_counts);
            foreach (byte value in channel)
                _counts[value]++;
            int step = (_plane - _counts[Array.FindLastIndex(_counts, count => count > 0)]) / 255, sum = step / 2;
            if (step == 0)
                continue;
            for (int value = 0; value < 256; sum += _counts[value++])
                _values[value] = (byte)Math.Min(sum / step, 255);
            foreach (ref byte value in channel)
                value = _values[value];
        }
    }

    /// <summary>ITU-R BT.601 in 16 bits; of a grey image its value.</summary>
    private byte Luma(ReadOnlySpan<byte> image, int at) =>
        image.Length == _plane ? image[at] : (byte)((19595 * image[at] + 38470 * image[_plane + at] + 7471 * image[2 * _plane + at] + 0x8000) >> 16);

    private static byte Blend(byte from, byte to, float factor) => (byte)Math.Clamp(from + factor * (to - from), 0, 255);
}
