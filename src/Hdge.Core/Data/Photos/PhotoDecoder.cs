using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Hdge.Data;

/// <summary>Decodes image files to one shape, with SkiaSharp. Safe to use from several threads.</summary>
public sealed class PhotoDecoder
{
    private const long LargestFile = 1 << 30;

    // Pictures above this are decoded one at a time: so many cores at once would need many gigabytes.
    private const long LargePixels = 1 << 24;

    private static readonly Lock s_large = new();

    private readonly PhotoCanvas _canvas;
    private readonly int _mostPixels;

    /// <summary>A decoder.</summary>
    /// <param name="shape">Of the images that it makes, with 1 (grey) or 3 (red, green, blue) channels.</param>
    /// <param name="options">How pictures become images.</param>
    /// <exception cref="ArgumentException">The shape has neither 1 nor 3 channels, or an option is out of range.</exception>
    public PhotoDecoder(ImageShape shape, PhotoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_canvas, _mostPixels) = (new PhotoCanvas(shape, options.Resizing), options.MostPixels);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="into">Takes the values of an image of the shape, channel first.</param>
    /// <returns>Null, or why it cannot be read; the values are then undefined.</returns>
    public string? Read(string path, Span<byte> into)
    {
        byte[] content = [];
        try
        {
            using var handle = File.OpenHandle(path);
            long length = RandomAccess.GetLength(handle);
            if (length == 0)
                return "the file is empty";
            if (length > LargestFile)
                return $"the file has {length} bytes, expected at most {LargestFile}";
            content = ArrayPool<byte>.Shared.Rent((int)length);
            int count = 0;
            for (int read = 1; read > 0 && count < length; count += read)
                read = RandomAccess.Read(handle, content.AsSpan(count, (int)length - count), count);
            Decode(new ArraySegment<byte>(content, 0, count), into, out string? reason);
            return reason;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return error.Message; // there is no such file, it may not be read, it is a folder or a device, or its name is none
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    /// <summary>Decodes a file's content.</summary>
    /// <param name="content">The content. The header is read first: a picture of too many pixels is not decoded.</param>
    /// <param name="into">Takes the values of an image of the shape, channel first; undefined where there is a fault.</param>
    /// <param name="reason">What is wrong, in a few words; null where nothing is.</param>
    public PhotoFault Decode(ArraySegment<byte> content, Span<byte> into, out string? reason)
    {
        var pinned = GCHandle.Alloc(content.Array, GCHandleType.Pinned); // Skia reads it in place
        try
        {
            using var data = SKData.Create(pinned.AddrOfPinnedObject() + content.Offset, content.Count);
            using var codec = content.Count > 0 ? SKCodec.Create(data) : null;
            reason = content.Count == 0 ? "the file is empty" : "it is no image of a known format (JPEG, PNG, GIF, BMP, WebP), or its header is damaged";
            if (codec is null || !IsKnown(codec.EncodedFormat))
                return PhotoFault.UnknownFormat;
            var size = codec.Info.Size;
            long pixels = (long)size.Width * size.Height;
            reason = $"it has {size.Width}x{size.Height} pixels" + (pixels > _mostPixels ? $", more than {nameof(PhotoOptions.MostPixels)}, {_mostPixels}" : "");
            if (size.Width < 1 || size.Height < 1)
                return PhotoFault.Damaged;
            if (pixels > _mostPixels)
                return PhotoFault.TooLarge;
            if (pixels <= LargePixels)
                reason = Decode(codec, into);
            else
                lock (s_large)
                    reason = Decode(codec, into);
            return reason is null ? PhotoFault.None : PhotoFault.Damaged;
        }
        finally
        {
            pinned.Free();
        }
    }

    // Skia knows more, WBMP among them, of which almost anything that begins with zeros is one.
    private static bool IsKnown(SKEncodedImageFormat format) =>
        format is SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Gif or SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Webp;

    private string? Decode(SKCodec codec, Span<byte> into)
    {
        var full = codec.Info.Size;
        var info = new SKImageInfo(full.Width, full.Height, SKColorType.Rgba8888, SKAlphaType.Premul).WithSize(DecodedSize(codec));
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(info))
            return $"there is no memory for its {info.Width}x{info.Height} pixels";
        bitmap.Erase(SKColors.Transparent);
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result is SKCodecResult.InvalidScale && info.Size != full)
            return "it cannot be scaled while it is decoded";
        if (result != SKCodecResult.Success)
            return $"the image is damaged or cut off ({result})";
        _canvas.Draw(bitmap, codec.EncodedOrigin, into);
        return null;
    }

    // JPEG and WebP decode to a part of their size in a part of the time: to twice what is needed at least, so that the rest is done with care.
    private SKSizeI DecodedSize(SKCodec codec)
    {
        var full = codec.Info.Size;
        float needed = 2 * _canvas.Scale(full.Width, full.Height, codec.EncodedOrigin);
        for (int eighths = 1; eighths < 8; eighths++)
            if (eighths / 8f >= needed && codec.GetScaledDimensions(eighths / 8f) is { Width: > 0, Height: > 0 } size && size.Width < full.Width)
                return size;
        return full;
    }
}
