using Hdge.Data;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>Brings ML.NET's pictures to one shape.</summary>
internal sealed class Pictures(ImageShape shape, PhotoOptions options)
{
    private readonly PhotoCanvas _canvas = new(shape, options.Resizing);

    /// <summary>Writes the values of a picture, channel first; answers null, or why it cannot be.</summary>
    public string? Draw(MLImage image, Span<byte> into)
    {
        long pixels = (long)image.Width * image.Height;
        if (pixels > options.MostPixels)
            return $"it has {image.Width}x{image.Height} pixels, more than {nameof(PhotoOptions.MostPixels)}, {options.MostPixels}";
        _canvas.Draw(image.Pixels, image.Width, image.Height, image.PixelFormat == MLPixelFormat.Bgra32, into);
        return null;
    }
}
