using System.Globalization;
using Hdge.Cli.Data;
using Hdge.Data;

namespace Hdge.Cli.Scoring;

/// <summary>Some images to score, with what each is called.</summary>
/// <param name="Names">A file, or FILE#NUMBER for an image in a file of many.</param>
/// <param name="Pixels">As many images of the model's shape, 0..255.</param>
internal sealed record ImageChunk(IReadOnlyList<string> Names, ReadOnlyMemory<byte> Pixels);

/// <summary>Finds what a path means, a folder of photographs, a list of them, a photograph or the field's formats, and reads its images chunk by chunk.</summary>
/// <param name="shape">The model's.</param>
/// <param name="column">Column of a CSV file that names the photographs.</param>
/// <param name="damaged">Told a file and why it cannot be read; throws where that shall end the run.</param>
internal sealed class ImageSource(ImageShape shape, string column, Action<string, string> damaged)
{
    private const int ChunkSize = 256;

    /// <exception cref="IOException">There is no such folder or file.</exception>
    /// <exception cref="InvalidDataException">The images are of another shape, or a list has no such column.</exception>
    public IEnumerable<ImageChunk> Read(string path)
    {
        bool isFile = File.Exists(path);
        if (!isFile && !Directory.Exists(path))
            throw new FileNotFoundException($"There is no folder or file '{path}'.");
        if (isFile && Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            return Photographs(ImageCsv.Paths(path, column, " (--column)"));
        if (isFile && !DataFolder.IsFieldsFile(path))
            return Photographs([(path, path)]);
        return DataFolder.FieldsTest(path) is { } images ? Of(path, images) : Photographs(ImageFolder.Files(path).Select(f => (f, f)));
    }

    private IEnumerable<ImageChunk> Of(string path, ImageSet images)
    {
        if (images.Shape != shape)
            throw new InvalidDataException($"The images in '{path}' are {images.Shape}, the model takes {shape}.");
        for (int at = 0; at < images.Count; at += ChunkSize)
        {
            int start = at, count = Math.Min(ChunkSize, images.Count - at);
            yield return new([.. Enumerable.Range(start, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{path}#{i}"))], images.Bytes(start, count).ToArray());
        }
    }

    private IEnumerable<ImageChunk> Photographs(IEnumerable<(string Name, string Path)> files)
    {
        var reader = new PhotoReader(shape, new());
        foreach (var chunk in files.Chunk(reader.WindowSize))
        {
            var pixels = new byte[chunk.Length * shape.Length];
            var reasons = reader.Read([.. chunk.Select(f => f.Path)], pixels);
            var names = new List<string>(chunk.Length);
            for (int i = 0; i < chunk.Length; i++)
            {
                if (reasons[i] is { } reason)
                {
                    damaged(chunk[i].Path, reason);
                    continue;
                }
                pixels.AsSpan(i * shape.Length, shape.Length).CopyTo(pixels.AsSpan(names.Count * shape.Length));
                names.Add(chunk[i].Name);
            }
            yield return new(names, pixels.AsMemory(0, names.Count * shape.Length));
        }
    }
}
