using System.Buffers.Binary;

namespace Hdge.Persistence;

/// <summary>
/// The last 22 bytes of a zip tell how large its directory is (APPNOTE 4.3.16). They are looked at before .NET's reader, which makes an object an entry, however many there are.
/// </summary>
internal static class ZipTail
{
    private const int Length = 22, MostEntries = 16;
    private const uint Signature = 0x06054B50, LargestDirectory = 1 << 14;
    private const uint Elsewhere = uint.MaxValue; // zip64: the number did not fit, so the file has 4 GiB or more

    /// <exception cref="InvalidDataException">It is no zip, is cut off, or has a directory that no model file has.</exception>
    public static void Check(Stream stream)
    {
        long length = stream.Length;
        if (length < Length)
            throw new InvalidDataException($"This is no model file, or it is cut off: it has {length} bytes, expected a zip of at least {Length}.");
        Span<byte> tail = stackalloc byte[Length];
        stream.Position = length - Length;
        stream.ReadExactly(tail);
        if (BinaryPrimitives.ReadUInt32LittleEndian(tail) != Signature)
            throw new InvalidDataException("This is no model file, or it is cut off: it does not end like a zip.");
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(tail[10..]), comment = BinaryPrimitives.ReadUInt16LittleEndian(tail[20..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(tail[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(tail[16..]);
        bool zip64 = offset == Elsewhere && length > Elsewhere;
        if (comment != 0 || (!zip64 && (entries > MostEntries || size > LargestDirectory || offset + (long)size != length - Length)))
            throw new InvalidDataException($"This is no model file: the zip's directory claims {entries} entries in {size} bytes from byte {offset} on and a comment of {comment}; "
                + $"expected at most {MostEntries} in {LargestDirectory} bytes that end at byte {length - Length}, and no comment.");
    }
}
