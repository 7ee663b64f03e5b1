using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public enum MLPixelFormat
{
    Unknown,
    Bgra32,
    Rgba32,
}

/// <summary>An image of four bytes a pixel. PNG (without interlacing) and uncompressed 24- and 32-bit BMP are read, PNG is written.</summary>
public sealed class MLImage : IDisposable
{
    private static readonly string[] _knownExtensions =
        [".bmp", ".png", ".jpg", ".jpeg", ".gif", ".ico", ".astc", ".avif", ".dng", ".heif", ".ktx", ".pkm", ".wbmp", ".webp"];

    private readonly int _width;
    private readonly int _height;
    private readonly MLPixelFormat _format;
    private byte[] _pixels;
    private string _tag;

    internal MLImage(int width, int height, MLPixelFormat format, byte[] pixels)
    {
        _width = width;
        _height = height;
        _format = format;
        _pixels = pixels;
    }

    public static MLImage CreateFromStream(Stream imageStream)
    {
        ArgumentNullException.ThrowIfNull(imageStream);
        using var memory = new MemoryStream();
        imageStream.CopyTo(memory);
        return ImageDecoder.DecodeOrNull(memory.ToArray()) ?? throw new ArgumentException("Invalid input stream contents", nameof(imageStream));
    }

    public static MLImage CreateFromFile(string imagePath)
    {
        ArgumentNullException.ThrowIfNull(imagePath);
        var image = File.Exists(imagePath) ? ImageDecoder.DecodeOrNull(File.ReadAllBytes(imagePath)) : null;
        return image ?? throw new ArgumentException("Invalid path", nameof(imagePath));
    }

    public static MLImage CreateFromPixels(int width, int height, MLPixelFormat pixelFormat, ReadOnlySpan<byte> imagePixelData)
    {
        if (pixelFormat != MLPixelFormat.Bgra32 && pixelFormat != MLPixelFormat.Rgba32)
            throw new ArgumentException("Unsupported pixel format", nameof(pixelFormat));
        if (width <= 0)
            throw new ArgumentException("Invalid width value.", nameof(width));
        if (height <= 0)
            throw new ArgumentException("Invalid height value.", nameof(height));
        if (imagePixelData.Length != (long)width * height * 4)
            throw new ArgumentException($"Invalid {nameof(imagePixelData)} buffer size.");
        return new MLImage(width, height, pixelFormat, imagePixelData.ToArray());
    }

    public MLPixelFormat PixelFormat => Checked(_format);

    public ReadOnlySpan<byte> Pixels => Checked(_pixels);

    public byte[] GetBGRPixels
    {
        get
        {
            var pixels = Checked(_pixels);
            var (red, blue) = _format == MLPixelFormat.Bgra32 ? (2, 0) : (0, 2);
            var result = new byte[_width * _height * 3];
            for (int from = 0, to = 0; to < result.Length; from += 4)
            {
                result[to++] = pixels[from + blue];
                result[to++] = pixels[from + 1];
                result[to++] = pixels[from + red];
            }
            return result;
        }
    }

    public string Tag
    {
        get => Checked(_tag);
        set
        {
            Checked(0);
            _tag = value;
        }
    }

    public int Width => Checked(_width);

    public int Height => Checked(_height);

    public int BitsPerPixel => Checked(32);

    public void Save(string imagePath)
    {
        Checked(0);
        var extension = Path.GetExtension(imagePath);
        if (!_knownExtensions.Contains(extension, StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException("Path has invalid image file extension.", nameof(imagePath));
        if (!extension.Equals(".png", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"The offline Microsoft.ML saves images as PNG only, not as '{extension}'.", nameof(imagePath));
        File.WriteAllBytes(imagePath, PngWriter.Encode(this));
    }

    public void Dispose() => _pixels = null;

    private T Checked<T>(T value)
    {
        Guard.State(_pixels != null, "Object is disposed.");
        return value;
    }
}
