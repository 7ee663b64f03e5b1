using SkiaSharp;

namespace Hdge.Data;

/// <summary>Brings pictures in memory to one shape: turned upright, resized with mipmaps, channel first.</summary>
internal sealed class PhotoCanvas
{
    private readonly ImageShape _shape;
    private readonly PhotoResizing _resizing;

    /// <exception cref="ArgumentException">The shape has neither 1 nor 3 channels.</exception>
    public PhotoCanvas(ImageShape shape, PhotoResizing resizing)
    {
        if (shape.Channels is not (1 or 3))
            throw new ArgumentException($"The model takes images of {shape}; photographs have 1 or 3 channels.");
        (_shape, _resizing) = (shape, resizing);
    }

    /// <summary>The larger of the factors by which a picture's sides are brought to the shape's.</summary>
    public float Scale(int width, int height, SKEncodedOrigin origin)
    {
        var (x, y) = Scales(width, height, origin);
        return Math.Max(x, y);
    }

    /// <summary>Draws a picture.</summary>
    /// <param name="bitmap">In the order red, green, blue, alpha, premultiplied.</param>
    /// <param name="origin">Where its first pixel belongs.</param>
    /// <param name="into">Takes the values of an image of the shape, channel first.</param>
    public void Draw(SKBitmap bitmap, SKEncodedOrigin origin, Span<byte> into)
    {
        if (bitmap.Width == _shape.Width && bitmap.Height == _shape.Height && origin is SKEncodedOrigin.TopLeft && bitmap.ColorType == SKColorType.Rgba8888)
        {
            Copy(bitmap.GetPixelSpan(), into);
            return;
        }
        using var scaled = new SKBitmap(new SKImageInfo(_shape.Width, _shape.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using (var canvas = new SKCanvas(scaled))
        using (var paint = new SKPaint())
        {
            var (x, y) = Scales(bitmap.Width, bitmap.Height, origin);
            var (width, height) = Upright(bitmap.Width, bitmap.Height, origin);
            paint.FilterQuality = x == 1 && y == 1 && _shape.Width == width && _shape.Height == height ? SKFilterQuality.None : SKFilterQuality.High;
            canvas.Clear(SKColors.Black);
            canvas.Translate((_shape.Width - width * x) / 2, (_shape.Height - height * y) / 2);
            canvas.Scale(x, y);
            var turn = Turn(origin, width, height);
            canvas.Concat(ref turn);
            canvas.DrawBitmap(bitmap, 0, 0, paint);
        }
        Copy(scaled.GetPixelSpan(), into);
    }

    /// <summary>Draws a picture of 4 bytes a pixel that lies somewhere in memory.</summary>
    public unsafe void Draw(ReadOnlySpan<byte> pixels, int width, int height, bool isBgra, Span<byte> into)
    {
        if (width == _shape.Width && height == _shape.Height && !isBgra)
        {
            Copy(pixels, into);
            return;
        }
        fixed (byte* at = pixels)
        {
            using var bitmap = new SKBitmap();
            bitmap.InstallPixels(new SKImageInfo(width, height, isBgra ? SKColorType.Bgra8888 : SKColorType.Rgba8888, SKAlphaType.Premul), (nint)at);
            Draw(bitmap, SKEncodedOrigin.TopLeft, into);
        }
    }

    private (float X, float Y) Scales(int width, int height, SKEncodedOrigin origin)
    {
        (width, height) = Upright(width, height, origin);
        float x = (float)_shape.Width / width, y = (float)_shape.Height / height;
        return _resizing switch
        {
            PhotoResizing.Crop => (Math.Max(x, y), Math.Max(x, y)),
            PhotoResizing.Pad => (Math.Min(x, y), Math.Min(x, y)),
            _ => (x, y),
        };
    }

    private static (int Width, int Height) Upright(int width, int height, SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop ? (height, width) : (width, height);

    /// <summary>From the pixels as they are stored to the picture as it is seen, of the given size (SkEncodedOriginToMatrix).</summary>
    private static SKMatrix Turn(SKEncodedOrigin origin, int width, int height) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, width, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, width, -1, 0, height, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, height, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    private void Copy(ReadOnlySpan<byte> rgba, Span<byte> into)
    {
        int plane = _shape.Height * _shape.Width;
        for (int i = 0; i < plane; i++)
        {
            var (red, green, blue) = (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]);
            if (_shape.Channels == 1)
                into[i] = (byte)Math.Round(0.3 * red + 0.59 * green + 0.11 * blue);
            else
                (into[i], into[plane + i], into[2 * plane + i]) = (red, green, blue);
        }
    }
}
