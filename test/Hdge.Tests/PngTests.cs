using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Hdge.Tests;

public class PngTests
{
    [Theory]
    [InlineData(1, 3, 5)]
    [InlineData(3, 4, 2)]
    [InlineData(3, 70, 33)]
    public void APngHoldsThePixels(int channels, int height, int width)
    {
        var pixels = new byte[channels * height * width];
        new Random(width).NextBytes(pixels);
        var (shape, read) = Decode(Png.Encode(pixels, channels, height, width));
        Assert.Equal(new ImageShape(channels, height, width), shape);
        Assert.Equal(pixels, read);
    }

    [Fact]
    public void APngRefusesWhatItCannotHold()
    {
        Assert.Contains("2 channels", Assert.Throws<ArgumentException>(() => Png.Encode(new byte[8], 2, 2, 2)).Message);
        Assert.Contains("found 11", Assert.Throws<ArgumentException>(() => Png.Encode(new byte[11], 3, 2, 2)).Message);
    }

    [Theory]
    [InlineData(7, 3, 2)]
    [InlineData(2, 5, 0)]
    public void AGridHoldsEachImageInItsPlaceAndWhiteBetween(int count, int columns, int padding)
    {
        var shape = new ImageShape(3, 2, 4);
        var values = new float[count * shape.Length];
        var random = new Random(count);
        for (int i = 0; i < values.Length; i++)
            values[i] = random.Next(255) / 255f; // never white
        values[0] = 7; // clamped
        var (grid, pixels) = Decode(ImageGrid.ToPng(ImageSet.FromSingles(shape, values, new int[count], 1), columns, padding));
        int across = Math.Min(count, columns);
        Assert.Equal(new ImageShape(3, padding + (count + across - 1) / across * (2 + padding), padding + across * (4 + padding)), grid);
        int inside = 0;
        for (int c = 0; c < 3; c++)
            for (int y = 0; y < grid.Height; y++)
                for (int x = 0; x < grid.Width; x++)
                {
                    int row = (y - padding) / (2 + padding), column = (x - padding) / (4 + padding), image = row * across + column;
                    int dy = y - padding - row * (2 + padding), dx = x - padding - column * (4 + padding);
                    bool here = y >= padding && x >= padding && dy < 2 && dx < 4 && image < count && column < across;
                    inside += here ? 1 : 0;
                    int expected = here ? (int)MathF.Round(255 * Math.Min(1, values[image * shape.Length + (c * 2 + dy) * 4 + dx])) : 255;
                    Assert.Equal(expected, pixels[(c * grid.Height + y) * grid.Width + x]);
                }
        Assert.Equal(values.Length, inside);
        Assert.Throws<ArgumentException>(() => ImageGrid.Compose([], shape, columns));
    }

    /// <summary>Reads what <see cref="Png"/> may write, and checks every chunk's CRC bit by bit.</summary>
    internal static (ImageShape Shape, byte[] Pixels) Decode(byte[] png)
    {
        Assert.Equal([137, 80, 78, 71, 13, 10, 26, 10], png[..8]);
        var chunks = new Dictionary<string, byte[]>();
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var covered = png.AsSpan(at + 4, length + 4);
            uint crc = uint.MaxValue;
            foreach (byte b in covered)
                for (int bit = 0; bit < 8; bit++)
                    crc = (crc >> 1) ^ (((crc ^ (uint)(b >> bit)) & 1) * 0xEDB88320);
            Assert.Equal(~crc, BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            chunks.Add(Encoding.ASCII.GetString(covered[..4]), covered[4..].ToArray());
            at += 12 + length;
        }
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Keys);
        byte[] header = chunks["IHDR"];
        var shape = new ImageShape(header[9] == 2 ? 3 : 1, BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)), BinaryPrimitives.ReadInt32BigEndian(header));
        using var rows = new ZLibStream(new MemoryStream(chunks["IDAT"]), CompressionMode.Decompress);
        var pixels = new byte[shape.Length];
        for (int y = 0; y < shape.Height; y++)
        {
            Assert.Equal(0, rows.ReadByte());
            for (int x = 0; x < shape.Width; x++)
                for (int c = 0; c < shape.Channels; c++)
                    pixels[(c * shape.Height + y) * shape.Width + x] = (byte)rows.ReadByte();
        }
        Assert.Equal(-1, rows.ReadByte());
        return (shape, pixels);
    }
}
