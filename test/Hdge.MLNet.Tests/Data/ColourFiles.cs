using SkiaSharp;

namespace Hdge.MLNet.Tests.Data;

/// <summary>Colour images of two classes as PNG or JPEG files: red grows to the right or downwards; green and blue differ from it everywhere. An image is a function of its number.</summary>
internal sealed class ColourFiles : IDisposable
{
    // Neither is the other, nor a multiple of the 8×8 blocks of JPEG: exchanged axes would show.
    public const int Width = 12;
    public const int Height = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-images-").FullName;

    /// <summary>The planes of an image, one after the other: red, green, blue; rows from the top.</summary>
    public static byte[] Planes(int number)
    {
        var planes = new byte[3 * Height * Width];
        for (int i = 0; i < Height * Width; i++)
        {
            SKColor colour = Colour(number, i % Width, i / Width);
            planes[i] = colour.Red;
            planes[Height * Width + i] = colour.Green;
            planes[2 * Height * Width + i] = colour.Blue;
        }

        return planes;
    }

    /// <summary>Writes the first images, <paramref name="times"/> as wide and high as they will be used.</summary>
    public PathRow[] Write(SKEncodedImageFormat format, int count, int times = 1) => [.. Enumerable.Range(0, count).Select(number => WriteOne(format, number, times))];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static SKColor Colour(int number, int x, int y)
    {
        int shift = new Random(number).Next(40);
        (int along, int across) = number % 2 == 0 ? (x, y) : (y, x);
        return new SKColor((byte)(90 + shift + 9 * along), (byte)(40 + shift + 2 * across), (byte)(shift + 2 * along + across));
    }

    private PathRow WriteOne(SKEncodedImageFormat format, int number, int times)
    {
        using var bitmap = new SKBitmap(Width * times, Height * times, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int y = 0; y < bitmap.Height; y++)
        {
            for (int x = 0; x < bitmap.Width; x++)
                bitmap.SetPixel(x, y, Colour(number, x / times, y / times));
        }

        string path = Path.Combine(_folder, $"{number}x{times}.{format}");
        using SKData data = bitmap.Encode(format, quality: 100);
        File.WriteAllBytes(path, data.ToArray());
        return new PathRow { Number = number, Path = path, Label = number % 2 == 0 ? "right" : "down" };
    }
}
