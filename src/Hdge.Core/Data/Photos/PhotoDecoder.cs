using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Hdge.Data;

/// <summary>Decodes image files to one shape, with SkiaSharp. Safe to use from several threads.</summary>
internal sealed class PhotoDecoder
{
    private const long LargestFile = 1 << 30;

    // Pictures above this are decoded one at a time: so many cores at once would need many gigabytes.
    private const long LargePixels = 1 << 24;

    private static readonly Lock s_large = new();

    private readonly PhotoCanvas _canvas;
    private readonly int _mostPixels;

    /// <exception cref="ArgumentException">The shape has neither 1 nor 3 channels, or an option is out of range.</exception>
    public PhotoDecoder(ImageShape shape, PhotoOptions options)
    {
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
            return Decode(content, count, into);
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

    private string? Decode(byte[] content, int length, Span<byte> into)
    {
        var pinned = GCHandle.Alloc(content, GCHandleType.Pinned); // Skia reads it in place
        try
        {
            using var data = SKData.Create(pinned.AddrOfPinnedObject(), length);
            using var codec = SKCodec.Create(data);
            if (codec is null)
                return "it is no image of a known format (JPEG, PNG, GIF, BMP, WebP), or its header is damaged";
            var size = codec.Info.Size;
            if (size.Width < 1 || size.Height < 1)
                return $"it has {size.Width}x{size.Height} pixels";
            long pixels = (long)size.Width * size.Height;
            if (pixels > _mostPixels)
                return $"it has {size.Width}x{size.Height} pixels, more than {nameof(PhotoOptions.MostPixels)}, {_mostPixels}";
            if (pixels <= LargePixels)
                return Decode(codec, into);
            lock (s_large)
                return Decode(codec, into);
        }
        finally
        {
            pinned.Free();
        }
    }

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
