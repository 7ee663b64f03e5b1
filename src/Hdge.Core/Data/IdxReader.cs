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
    /// <exception cref="InvalidDataException">A file is not IDX, is cut off or too long, or the counts differ.</exception>
    public static ImageSet Read(string imagePath, string? labelPath, int classCount = 0)
    {
        var (sizes, content, start) = ReadHeader(imagePath);
        if (sizes.Length is not (3 or 4))
            throw new InvalidDataException($"'{imagePath}' has {sizes.Length} dimensions, expected 3 (count, height, width) or 4 (count, channels, height, width).");
        var shape = sizes.Length == 3 ? new ImageShape(1, sizes[1], sizes[2]) : new ImageShape(sizes[1], sizes[2], sizes[3]);
        var labels = labelPath is null ? new int[sizes[0]] : ReadLabels(labelPath);
        if (labels.Length != sizes[0])
            throw new InvalidDataException($"'{imagePath}' holds {sizes[0]} images, '{labelPath}' {labels.Length} labels.");
        int highest = labels.Length == 0 ? 0 : labels.Max();
        if (classCount > 0 && highest >= classCount)
            throw new InvalidDataException($"'{labelPath}' holds the label {highest}, expected 0..{classCount - 1}.");
        return ImageSet.FromBytes(shape, content[start..], labels, classCount > 0 ? classCount : highest + 1);
    }

    private static int[] ReadLabels(string path)
    {
        var (sizes, content, start) = ReadHeader(path);
        if (sizes.Length != 1)
            throw new InvalidDataException($"'{path}' has {sizes.Length} dimensions, expected 1 (labels).");
        return Array.ConvertAll(content[start..], b => (int)b);
    }

    private static (int[] Sizes, byte[] Content, int Start) ReadHeader(string path)
    {
        byte[] content = ImageFile.ReadAll(path);
        if (content.Length < 4 || content[0] != 0 || content[1] != 0)
            throw new InvalidDataException($"'{path}' is not an IDX file: it does not begin with two zero bytes.");
        if (content[2] != UnsignedByte)
            throw new InvalidDataException($"'{path}' holds values of IDX type 0x{content[2]:X2}, expected 0x08 (unsigned byte).");
        int dimensions = content[3], start = 4 + 4 * dimensions;
        if (dimensions == 0 || content.Length < start)
            throw new InvalidDataException($"'{path}' is cut off in its header.");
        var sizes = new int[dimensions];
        Int128 values = 1;
        for (int d = 0; d < dimensions; d++)
        {
            sizes[d] = BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(4 + 4 * d));
            if (sizes[d] < (d == 0 ? 0 : 1))
                throw new InvalidDataException($"'{path}' gives dimension {d} the size {sizes[d]}.");
            values *= sizes[d];
        }
        if (content.Length - start != values)
            throw new InvalidDataException($"'{path}' holds {content.Length - start} values, its header says {values} ({string.Join(" x ", sizes)}).");
        return (sizes, content, start);
    }
}
