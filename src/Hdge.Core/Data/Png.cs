using System.Buffers.Binary;
using System.IO.Compression;

namespace Hdge.Data;

/// <summary>Writes 8-bit PNG files (ISO/IEC 15948), grey or RGB.</summary>
internal static class Png
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>The bytes of a PNG file.</summary>
    /// <param name="channelFirstPixels">channels × height × width values, 0..255.</param>
    /// <param name="channels">1 (grey) or 3 (RGB).</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentException">Another number of channels, or the length does not fit the shape.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> channelFirstPixels, int channels, int height, int width)
    {
        var shape = new ImageShape(channels, height, width);
        if (channels is not (1 or 3))
            throw new ArgumentException($"A PNG of {channels} channels was asked for, expected 1 (grey) or 3 (RGB).", nameof(channels));
        if (channelFirstPixels.Length != shape.Length)
            throw new ArgumentException($"An image of {shape} has {shape.Length} values, found {channelFirstPixels.Length}.", nameof(channelFirstPixels));

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, (byte)(channels == 3 ? 2 : 0)); // bits a sample, colour type; deflate, no filter choice, not interlaced
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, Deflated(channelFirstPixels, shape));
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Deflated(ReadOnlySpan<byte> pixels, ImageShape shape)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            int plane = shape.Height * shape.Width;
            var row = new byte[1 + shape.Width * shape.Channels]; // a row begins with its filter: 0, none
            for (int y = 0; y < shape.Height; y++)
            {
                for (int x = 0, at = 1; x < shape.Width; x++)
                    for (int c = 0; c < shape.Channels; c++)
                        row[at++] = pixels[c * plane + y * shape.Width + x];
                zlib.Write(row);
            }
        }
        return packed.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte b in data)
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            table[n] = n;
            for (int bit = 0; bit < 8; bit++)
                table[n] = (table[n] & 1) == 0 ? table[n] >> 1 : 0xEDB88320 ^ (table[n] >> 1);
        }
        return table;
    }
}
