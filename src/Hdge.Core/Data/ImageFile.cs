using System.IO.Compression;

namespace Hdge.Data;

/// <summary>Reads a file of the field's formats whole, unpacking gzip when its content says so (not its name).</summary>
internal static class ImageFile
{
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The gzip data are damaged or cut off.</exception>
    public static byte[] ReadAll(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        byte[] raw = File.ReadAllBytes(path);
        if (raw.Length < 2 || raw[0] != 0x1F || raw[1] != 0x8B)
            return raw;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(raw), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            // .NET ends a cut-off stream in silence: compare with the length that gzip keeps in its last four bytes.
            uint expected = BitConverter.ToUInt32(raw, raw.Length - 4);
            if ((uint)plain.Length != expected)
                throw new InvalidDataException($"'{path}' is cut off: it unpacks to {plain.Length} bytes, its trailer says {expected}.");
            return plain.ToArray();
        }
        catch (InvalidDataException error) when (!error.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"'{path}' is damaged gzip data: {error.Message}", error);
        }
    }
}
