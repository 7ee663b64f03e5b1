using System.Globalization;
using CsvHelper;
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
            return Photographs(Listed(path));
        if (isFile && !ImageFolder.IsFieldsFile(path))
            return Photographs([(path, path)]);
        return ImageFolder.FieldsTest(path) is { } images ? Of(path, images) : Photographs(PhotoFolder.Files(path).Select(f => (f, f)));
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
        foreach (var chunk in files.Chunk(ChunkSize))
        {
            var pixels = new byte[chunk.Length * shape.Length];
            var reasons = PhotoReader.Read([.. chunk.Select(f => f.Path)], shape, pixels);
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

    /// <summary>The photographs of a CSV file with a header; relative paths start at its folder.</summary>
    private IEnumerable<(string Name, string Path)> Listed(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using var csv = new CsvReader(new StreamReader(path), CultureInfo.InvariantCulture);
        int at = csv.Read() && csv.ReadHeader() ? Array.IndexOf(csv.HeaderRecord!, column) : -1;
        if (at < 0)
            throw new InvalidDataException($"'{path}' has no column '{column}' (--column), found {(csv.HeaderRecord is { Length: > 0 } found ? string.Join(", ", found) : "no header")}.");
        while (Next(csv, path))
        {
            string? name = csv.TryGetField<string>(at, out string? field) ? field : null;
            if (string.IsNullOrEmpty(name))
                throw new InvalidDataException(FormattableString.Invariant($"Line {csv.Parser.RawRow} of '{path}' has no {column}."));
            yield return (name, Path.Combine(folder, name));
        }
    }

    private static bool Next(CsvReader csv, string path)
    {
        try
        {
            return csv.Read();
        }
        catch (BadDataException error)
        {
            throw new InvalidDataException(FormattableString.Invariant($"Line {csv.Parser.RawRow} of '{path}' is no CSV: {error.Message.Split('\n')[0]}"), error);
        }
    }
}
