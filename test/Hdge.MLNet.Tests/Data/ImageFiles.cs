using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace Hdge.MLNet.Tests.Data;

/// <summary>A folder of small colour pictures, 12 wide and 9 high: red ones and blue ones. Deleted when disposed.</summary>
internal sealed class ImageFiles : IDisposable
{
    public const int Width = 12, Height = 9;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hdge-images-");

    public string Folder => _folder.FullName;

    /// <summary>Rows of which every <paramref name="gap"/>-th has no path; 0 for none.</summary>
    public PathRow[] Rows(int count, int gap = 0) => [.. Enumerable.Range(0, count).Select(i => new PathRow
    {
        Label = i % 2 == 0 ? "red" : "blue",
        Path = gap > 0 && i % gap == gap - 1 ? "" : Write(i),
    })];

    /// <summary>LoadImages, ResizeImages, ExtractPixels: an image column and a pixel column.</summary>
    public EstimatorChain<ImagePixelExtractingTransformer> Pixels(MLContext context, bool interleaved = false, bool asFloat = false) =>
        context.Transforms.LoadImages("Image", Folder, "Path")
            .Append(context.Transforms.ResizeImages("Image", Width, Height))
            .Append(context.Transforms.ExtractPixels("Features", "Image", interleavePixelColors: interleaved, outputAsFloatArray: asFloat));

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(int number)
    {
        var random = new Random(number);
        using var bitmap = new SKBitmap(Width, Height);
        for (int y = 0; y < Height; y++)
            for (int x = 0; x < Width; x++)
                bitmap.SetPixel(x, y, new SKColor(Level(number % 2 == 0), Level(false), Level(number % 2 == 1)));
        string name = $"{number}.png";
        using FileStream file = File.Create(Path.Combine(Folder, name));
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        return name;

        byte Level(bool bright) => (byte)((bright ? 180 : 20) + random.Next(60));
    }

    internal sealed class PathRow
    {
        public string Label { get; set; } = "";

        public string Path { get; set; } = "";
    }
}
