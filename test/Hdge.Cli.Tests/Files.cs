using System.Buffers.Binary;
using Hdge.Data;
using SkiaSharp;

namespace Hdge.Cli.Tests;

/// <summary>A folder of its own that goes when the test ends, and small data sets in it.</summary>
internal sealed class Files : IDisposable
{
    public const int Side = 8, Classes = 3;

    public string Root { get; } = Directory.CreateTempSubdirectory("hdge-cli-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>IDX files of three easy classes: a bright top, left side or centre, under noise.</summary>
    public string Idx(string name, int train, int test, bool labels = true)
    {
        string folder = Directory.CreateDirectory(this[name]).FullName;
        foreach (var (part, count, seed) in new[] { ("train", train, 1), ("t10k", test, 2) })
        {
            if (count == 0)
                continue;
            File.WriteAllBytes(Path.Combine(folder, part + "-images-idx3-ubyte"), [0, 0, 8, 3, .. BigEndian(count), .. BigEndian(Side), .. BigEndian(Side), .. Patterns(count, seed)]);
            if (labels)
                File.WriteAllBytes(Path.Combine(folder, part + "-labels-idx1-ubyte"), [0, 0, 8, 1, .. BigEndian(count), .. Enumerable.Range(0, count).Select(i => (byte)(i % Classes))]);
        }
        return folder;
    }

    /// <summary>A CIFAR-binary file whose image i is filled with the value 10·i.</summary>
    public string Cifar(string path, int labelBytes, params int[] labels)
    {
        string full = this[path];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, [.. labels.SelectMany((label, i) =>
            Enumerable.Repeat((byte)99, labelBytes - 1).Append((byte)label).Concat(Enumerable.Repeat((byte)(10 * i), CifarReader.Shape.Length)))]);
        return full;
    }

    /// <summary>A PNG or JPEG file, by its name.</summary>
    public string Photo(string path, int width, int height, Func<int, int, SKColor> color)
    {
        string full = this[path];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                bitmap.SetPixel(x, y, color(x, y));
        using var file = File.Create(full);
        Assert.True(bitmap.Encode(file, Path.GetExtension(path) == ".png" ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 100));
        return full;
    }

    private static byte[] Patterns(int count, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[count * Side * Side];
        for (int i = 0; i < pixels.Length; i++)
        {
            int label = i / (Side * Side) % Classes, y = i / Side % Side, x = i % Side;
            bool bright = label switch { 0 => y < 3, 1 => x < 3, _ => Math.Abs(y - 4) < 2 && Math.Abs(x - 4) < 2 };
            pixels[i] = (byte)(random.Next(100) + (bright ? 150 : 0));
        }
        return pixels;
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
