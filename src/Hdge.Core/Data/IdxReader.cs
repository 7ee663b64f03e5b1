using System.Buffers.Binary;

namespace Hdge.Data;

/// <summary>Reads the IDX format of MNIST, Fashion-MNIST and notMNIST (LeCun et al. 1998), plain or gzip.</summary>
public static class IdxReader
{
    private const int UnsignedByte = 0x08;

    /// <summary>A set from an image file (count × height × width, or count × channels × height × width unsigned bytes) and its label file (count bytes).</summary>
    /// <param name="imagePath">File of images.</param>
    /// <param name="labelPath">File of labels; null labels every image 0.</param>
    /// <param name="classCount">Number of classes; 0 takes the highest label + 1.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not IDX, is cut off or too long, or the counts differ. No more is read than its header promises.</exception>
    public static ImageSet Read(string imagePath, string? labelPath, int classCount = 0)
    {
        var (sizes, pixels) = ReadFile(imagePath, 3, 4, "3 (count, height, width) or 4 (count, channels, height, width)");
        ImageShape shape;
        try
        {
            shape = sizes.Length == 3 ? new ImageShape(1, sizes[1], sizes[2]) : new ImageShape(sizes[1], sizes[2], sizes[3]);
        }
        catch (ArgumentException error) // no images, each of them larger than an array
        {
            throw new InvalidDataException($"'{imagePath}': {error.Message}", error);
        }
        int[] labels = labelPath is null ? new int[sizes[0]] : Array.ConvertAll(ReadFile(labelPath, 1, 1, "1 (labels)").Values, b => (int)b);
        if (labels.Length != sizes[0])
            throw new InvalidDataException($"'{imagePath}' holds {sizes[0]} images, '{labelPath}' {labels.Length} labels.");
        int highest = labels.Length == 0 ? 0 : labels.Max();
        if (classCount > 0 && highest >= classCount)
            throw new InvalidDataException($"'{labelPath}' holds the label {highest}, expected 0..{classCount - 1}.");
        return ImageSet.FromBytes(shape, pixels, labels, classCount > 0 ? classCount : highest + 1);
    }

    private static (int[] Sizes, byte[] Values) ReadFile(string path, int fewest, int most, string expected)
    {
        using var file = new ImageFile(path);
        if (file.Length < 4)
            throw new InvalidDataException($"'{path}' is cut off in its header: it has {file.Length} bytes, expected at least 4.");
        byte[] magic = file.Read(4, "header");
        if (magic[0] != 0 || magic[1] != 0)
            throw new InvalidDataException($"'{path}' is not an IDX file: it begins with 0x{magic[0]:X2}{magic[1]:X2}, expected two zero bytes.");
        if (magic[2] != UnsignedByte)
            throw new InvalidDataException($"'{path}' holds values of IDX type 0x{magic[2]:X2}, expected 0x08 (unsigned byte).");
        int dimensions = magic[3], start = 4 + 4 * dimensions;
        if (dimensions < fewest || dimensions > most)
            throw new InvalidDataException($"'{path}' has {dimensions} dimensions, expected {expected}.");
        if (file.Length < start)
            throw new InvalidDataException($"'{path}' is cut off in its header: it has {file.Length} bytes, expected at least {start}.");
        byte[] header = file.Read(start - 4, "header");
        var sizes = new int[dimensions];
        Int128 values = 1;
        for (int d = 0; d < dimensions; d++)
        {
            sizes[d] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * d));
            if (sizes[d] < (d == 0 ? 0 : 1))
                throw new InvalidDataException($"'{path}' gives dimension {d} the size {sizes[d]}, expected at least {(d == 0 ? 0 : 1)}.");
            values *= sizes[d];
        }
        if (file.Length - start != values)
            throw new InvalidDataException($"'{path}' holds {file.Length - start} values, its header says {values} ({string.Join(" x ", sizes)}).");
        byte[] content = file.Read((long)values, "values");
        file.RequireEnd();
        return (sizes, content);
    }
}
