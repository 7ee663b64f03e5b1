namespace Hdge.Data;

/// <summary>Reads CIFAR's binary version (Krizhevsky 2009), plain or gzip: records of label byte(s), then the red, green and blue planes of 32×32 bytes.</summary>
public static class CifarReader
{
    /// <summary>Shape of CIFAR images.</summary>
    public static readonly ImageShape Shape = new(3, 32, 32);

    /// <summary>One or more files as one set, in the order given.</summary>
    /// <param name="paths">At least one file.</param>
    /// <param name="classCount">Number of classes: 10 for CIFAR-10, 100 for CIFAR-100's fine labels; 0 takes the highest label + 1.</param>
    /// <param name="labelBytes">Bytes before the image: 1 (CIFAR-10's layout) or 2 (CIFAR-100's: coarse, then fine label, which is the one used); 0 takes the one that the first file's length fits, 1 where both do.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file's length is no multiple of the record, or a label is out of range. No more is read than the file's length, or that of its gzip trailer, promises.</exception>
    public static ImageSet Read(IReadOnlyList<string> paths, int classCount = 10, int labelBytes = 1)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        ArgumentOutOfRangeException.ThrowIfNegative(classCount);
        if (labelBytes is not (0 or 1 or 2))
            throw new ArgumentOutOfRangeException(nameof(labelBytes), $"CIFAR records begin with 1 or 2 label bytes, found {labelBytes}.");
        int highest = 0;
        using var set = new ImageSetBuilder(Shape);
        foreach (string path in paths)
        {
            byte[] content = ReadFile(path, ref labelBytes);
            int record = labelBytes + Shape.Length, images = content.Length / record;
            for (int i = 0, at = 0; i < images; i++, at += record)
            {
                int label = content[at + labelBytes - 1];
                if (classCount > 0 && label >= classCount)
                    throw new InvalidDataException($"Record {i} of '{path}' has the label {label}, expected 0..{classCount - 1}.");
                highest = Math.Max(highest, label);
                set.Add(content.AsSpan(at + labelBytes, Shape.Length), label);
            }
        }
        return set.Build(classCount > 0 ? classCount : highest + 1);
    }

    private static byte[] ReadFile(string path, ref int labelBytes)
    {
        using var file = new ImageFile(path);
        if (labelBytes == 0)
            labelBytes = file.Length % (2 + Shape.Length) == 0 && file.Length % (1 + Shape.Length) != 0 ? 2 : 1;
        int record = labelBytes + Shape.Length;
        if (file.Length == 0 || file.Length % record != 0)
            throw new InvalidDataException($"'{path}' has {file.Length} bytes, expected a multiple of {record} ({labelBytes} label byte(s) and an image of {Shape}).");
        byte[] content = file.Read(file.Length, "records");
        file.RequireEnd();
        return content;
    }
}
