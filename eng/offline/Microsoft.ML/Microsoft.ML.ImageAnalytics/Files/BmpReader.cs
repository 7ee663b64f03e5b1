using System.Buffers.Binary;

namespace Microsoft.ML.Data;

/// <summary>Reads uncompressed BMP of 24 and 32 bits; the fourth byte is not taken for alpha.</summary>
internal static class BmpReader
{
    public static bool IsBmp(byte[] bytes) => bytes.Length > 54 && bytes[0] == 'B' && bytes[1] == 'M';

    public static MLImage Decode(byte[] bytes)
    {
        var start = Read32(bytes, 10);
        var width = Read32(bytes, 18);
        var signedHeight = Read32(bytes, 22);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(28));
        var height = Math.Abs(signedHeight);
        if (width <= 0 || height == 0 || (long)width * height > int.MaxValue / 8 || bits is not (24 or 32) || Read32(bytes, 30) != 0)
            throw new InvalidDataException("This kind of BMP is not read.");

        // Rows are filled up to four bytes, and stand upside down unless the height is negative.
        var stride = (width * bits / 8 + 3) / 4 * 4;
        var pixels = new byte[width * height * 4];
        for (var y = 0; y < height; y++)
        {
            var row = bytes.AsSpan(start + (signedHeight > 0 ? height - 1 - y : y) * stride, stride);
            for (var x = 0; x < width; x++)
            {
                var to = (y * width + x) * 4;
                row.Slice(x * bits / 8, 3).CopyTo(pixels.AsSpan(to));
                pixels[to + 3] = 255;
            }
        }
        return new MLImage(width, height, MLPixelFormat.Bgra32, pixels);
    }

    private static int Read32(byte[] bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
}
