using Hdge.Data;
using SkiaSharp;

namespace Hdge.Cli.Data;

/// <summary>
/// Reads photographs (PNG, JPEG, GIF, BMP, WebP; the content tells, not the name) as images of one shape: the largest part of its proportions in the middle, as ML.NET's
/// ResizeImages takes it, scaled with mipmaps. Grey is 0.3 R + 0.59 G + 0.11 B, as ML.NET's ConvertToGrayscale has it; what is transparent becomes black.
/// </summary>
internal static class PhotoReader
{
    private const long MostPixels = 1 << 27; // half a gigabyte when unpacked

    /// <summary>Reads files in parallel.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="shape">With 1 or 3 channels.</param>
    /// <param name="into">Takes files × shape values.</param>
    /// <returns>For each file null, or why it cannot be read; its values are then undefined.</returns>
    /// <exception cref="ArgumentException">The shape has another number of channels.</exception>
    public static string?[] Read(IReadOnlyList<string> paths, ImageShape shape, byte[] into)
    {
        if (shape.Channels is not (1 or 3))
            throw new ArgumentException($"The model takes images of {shape}; photographs have 1 or 3 channels.");
        var reasons = new string?[paths.Count];
        Parallel.For(0, paths.Count, i => reasons[i] = Read(paths[i], shape, into.AsSpan(i * shape.Length, shape.Length)));
        return reasons;
    }

    private static string? Read(string path, ImageShape shape, Span<byte> into)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        if (codec is null)
            return bytes.Length == 0 ? "the file is empty" : "it is no image of a known format (PNG, JPEG, GIF, BMP, WebP)";
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        if ((long)info.Width * info.Height > MostPixels)
            return FormattableString.Invariant($"{info.Width}x{info.Height} pixels are more than {MostPixels}");
        using var bitmap = new SKBitmap(info);
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            return $"the image is damaged or cut off ({result})";
        if (info.Width == shape.Width && info.Height == shape.Height)
        {
            Copy(bitmap, shape, into);
            return null;
        }
        using var scaled = Scaled(bitmap, shape);
        Copy(scaled, shape, into);
        return null;
    }

    private static SKBitmap Scaled(SKBitmap bitmap, ImageShape shape)
    {
        float scale = Math.Max((float)shape.Width / bitmap.Width, (float)shape.Height / bitmap.Height), width = shape.Width / scale, height = shape.Height / scale;
        var scaled = new SKBitmap(new SKImageInfo(shape.Width, shape.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(scaled);
        using var paint = new SKPaint { FilterQuality = SKFilterQuality.High };
        canvas.Clear(SKColors.Black);
        canvas.DrawBitmap(bitmap, SKRect.Create((bitmap.Width - width) / 2, (bitmap.Height - height) / 2, width, height), SKRect.Create(shape.Width, shape.Height), paint);
        return scaled;
    }

    private static void Copy(SKBitmap bitmap, ImageShape shape, Span<byte> into)
    {
        var rgba = bitmap.GetPixelSpan();
        int plane = shape.Height * shape.Width;
        for (int i = 0; i < plane; i++)
        {
            var (red, green, blue) = (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]);
            if (shape.Channels == 1)
                into[i] = (byte)Math.Round(0.3 * red + 0.59 * green + 0.11 * blue);
            else
                (into[i], into[plane + i], into[2 * plane + i]) = (red, green, blue);
        }
    }
}
