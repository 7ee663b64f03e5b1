using System.Buffers.Binary;
using System.IO.Compression;

namespace Microsoft.ML.Data;

/// <summary>Writes PNG with 8 bits a channel and alpha.</summary>
internal static class PngWriter
{
    public static byte[] Encode(MLImage image)
    {
        using var file = new MemoryStream();
        file.Write(PngChunks.Mark);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8;
        header[9] = 6;
        PngChunks.Write(file, "IHDR", header);
        PngChunks.Write(file, "IDAT", Pack(image));
        PngChunks.Write(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Pack(MLImage image)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            var pixels = image.Pixels;
            var (red, blue) = image.PixelFormat == MLPixelFormat.Bgra32 ? (2, 0) : (0, 2);
            var row = new byte[1 + image.Width * 4];
            for (var y = 0; y < image.Height; y++)
            {
                for (var x = 0; x < image.Width; x++)
                {
                    var pixel = pixels.Slice((y * image.Width + x) * 4, 4);
                    var target = row.AsSpan(1 + x * 4, 4);
                    target[0] = Straight(pixel[red], pixel[3]);
                    target[1] = Straight(pixel[1], pixel[3]);
                    target[2] = Straight(pixel[blue], pixel[3]);
                    target[3] = pixel[3];
                }
                zip.Write(row);
            }
        }
        return packed.ToArray();
    }

    // In memory colours are multiplied with alpha, in the file they are not.
    private static byte Straight(int color, int alpha) => alpha == 0 ? (byte)0 : (byte)Math.Min(255, (color * 255 + alpha / 2) / alpha);
}
