using Hdge.Data;

namespace Hdge.Cli.Data;

/// <summary>Brings images of one shape to another, as photographs are: grey ones to three channels, sides resized, the middle cut out.</summary>
internal static class FittedImages
{
    /// <exception cref="InvalidDataException">They are not bytes, or have neither 1 nor 3 channels.</exception>
    public static ImageSet Of(ImageSet images, ImageShape shape, string name)
    {
        if (images.Shape == shape)
            return images;
        var from = images.Shape;
        if (!images.IsBytes || from.IsVector || from.Channels is not (1 or 3) || shape.IsVector || shape.Channels is not (1 or 3))
            throw new InvalidDataException($"The images of '{name}' are {from}, expected {shape}, or pictures that can be brought to it.");
        var canvas = new PhotoCanvas(shape, PhotoResizing.Crop);
        int plane = from.Height * from.Width;
        var rgba = new byte[4 * plane];
        var pixels = new byte[images.Count * shape.Length];
        for (int i = 0; i < images.Count; i++)
        {
            var own = images.Bytes(i);
            for (int p = 0; p < plane; p++)
                (rgba[4 * p], rgba[4 * p + 1], rgba[4 * p + 2], rgba[4 * p + 3]) = (own[p], own[(from.Channels > 1 ? plane : 0) + p], own[(from.Channels > 1 ? 2 * plane : 0) + p], byte.MaxValue);
            canvas.Draw(rgba, from.Width, from.Height, isBgra: false, pixels.AsSpan(i * shape.Length, shape.Length));
        }
        return ImageSet.FromBytes(shape, pixels, images.Labels.ToArray(), images.ClassCount);
    }
}
