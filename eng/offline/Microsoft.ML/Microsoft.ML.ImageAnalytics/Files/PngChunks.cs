using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>The frame of a PNG file: its mark, and chunks of length, name, data and check sum.</summary>
internal static class PngChunks
{
    public static readonly byte[] Mark = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static readonly uint[] _crcTable = Enumerable.Range(0, 256)
        .Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1))
        .ToArray();

    public static IEnumerable<(string Name, ReadOnlyMemory<byte> Data)> Read(byte[] bytes)
    {
        for (var at = Mark.Length; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at, 4));
            if (length < 0 || length > bytes.Length - at - 12)
                throw new InvalidDataException("A PNG chunk is cut off.");
            if (Crc(bytes.AsSpan(at + 4, length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 8 + length, 4)))
                throw new InvalidDataException("A PNG chunk's check sum is wrong.");
            yield return (Encoding.ASCII.GetString(bytes, at + 4, 4), bytes.AsMemory(at + 8, length));
            at += length + 12;
        }
    }

    public static void Write(Stream stream, string name, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(name, chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), Crc(chunk.AsSpan(4, data.Length + 4)));
        stream.Write(chunk);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
            crc = _crcTable[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }
}
