using System.Diagnostics;
using Hdge.Data;
using SkiaSharp;

namespace Hdge.Benchmarks;

/// <summary>Processor time to read JPEG files of several sizes to images of 3×224×224, as before training.</summary>
internal static class DecodingBenchmark
{
    private const int Files = 40, Side = 224;

    public static void Run()
    {
        var rows = new List<object[]>();
        foreach (var (width, height) in new[] { (640, 480), (1600, 1200), (4000, 3000) })
        {
            string folder = Directory.CreateTempSubdirectory("hdge-bench-").FullName;
            try
            {
                byte[] jpeg = Jpeg(width, height);
                for (int i = 0; i < Files; i++)
                    File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, $"class{i % 2}")).FullName, $"{i}.jpg"), jpeg);
                Read(folder);
                using var process = Process.GetCurrentProcess();
                var (clock, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
                Read(folder);
                process.Refresh();
                rows.Add([$"{width}x{height}", jpeg.Length >> 10, (process.TotalProcessorTime - before).TotalMilliseconds / Files, clock.Elapsed.TotalMilliseconds / Files]);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        Report.Write("decoding", $"JPEG files read to 3x{Side}x{Side}", ["size", "KiB", "processor ms a file", "ms a file"], rows);
    }

    private static void Read(string folder)
    {
        using var images = ImageFolder.Find(folder).Read(new ImageShape(3, Side, Side));
        if (images.Damaged.Count > 0)
            throw new InvalidDataException($"{images.Damaged[0]}");
    }

    /// <summary>Soft shapes with a camera's noise, so that the file is about as large as a photograph's.</summary>
    private static byte[] Jpeg(int width, int height)
    {
        var random = new Random(1);
        using var small = new SKBitmap(40, 30);
        small.Pixels = [.. Enumerable.Range(0, 40 * 30).Select(_ => new SKColor((uint)random.Next() | 0xFF000000))];
        using var bitmap = small.Resize(new SKImageInfo(width, height), SKFilterQuality.High);
        bitmap.Pixels = [.. bitmap.Pixels.Select(p => new SKColor(Noisy(p.Red), Noisy(p.Green), Noisy(p.Blue)))];
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();

        byte Noisy(byte value) => (byte)Math.Clamp(value + random.Next(-6, 7), 0, 255);
    }
}
