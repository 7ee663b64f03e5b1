using System.Buffers.Binary;
using System.IO.Compression;

namespace Microsoft.ML.Data;

/// <summary>Reads PNG of every colour type and depth, without interlacing. Colours are multiplied with their alpha, as ML.NET's decoder does.</summary>
internal sealed class PngReader
{
    private const int _grey = 0;
    private const int _rgb = 2;
    private const int _palette = 3;
    private const int _greyAlpha = 4;
    private const int _rgba = 6;

    private int _width;
    private int _height;
    private int _depth;
    private int _colors;
    private byte[] _table = [];
    private byte[] _transparency = [];

    private int Channels => _colors switch
    {
        _grey or _palette => 1,
        _greyAlpha => 2,
        _rgb => 3,
        _rgba => 4,
        _ => throw new InvalidDataException("Unknown PNG colour type."),
    };

    public static bool IsPng(byte[] bytes) => bytes.AsSpan().StartsWith(PngChunks.Mark);

    public static MLImage Decode(byte[] bytes)
    {
        var reader = new PngReader();
        using var packed = new MemoryStream();
        foreach (var (name, data) in PngChunks.Read(bytes))
        {
            if (name == "IHDR")
                reader.ReadHeader(data.Span);
            else if (name == "PLTE")
                reader._table = data.ToArray();
            else if (name == "tRNS")
                reader._transparency = data.ToArray();
            else if (name == "IDAT")
                packed.Write(data.Span);
        }
        packed.Position = 0;
        return reader.ReadPixels(packed);
    }

    private void ReadHeader(ReadOnlySpan<byte> header)
    {
        _width = BinaryPrimitives.ReadInt32BigEndian(header);
        _height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        _depth = header[8];
        _colors = header[9];
        var valid = _width > 0 && _height > 0 && (long)_width * _height <= int.MaxValue / 8 && _depth is 1 or 2 or 4 or 8 or 16;
        if (!valid || header[12] != 0)
            throw new InvalidDataException("This kind of PNG is not read.");
    }

    private MLImage ReadPixels(Stream packed)
    {
        if (_width == 0)
            throw new InvalidDataException("The PNG has no header.");
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        var rowBytes = (_width * Channels * _depth + 7) / 8;
        var step = Math.Max(1, Channels * _depth / 8);
        var row = new byte[rowBytes];
        var above = new byte[rowBytes];
        var pixels = new byte[_width * _height * 4];
        for (var y = 0; y < _height; y++)
        {
            var filter = unpacked.ReadByte();
            unpacked.ReadExactly(row);
            PngFilter.Undo(filter, row, above, step);
            for (var x = 0; x < _width; x++)
                PutPixel(row, x, pixels.AsSpan((y * _width + x) * 4, 4));
            (row, above) = (above, row);
        }
        return new MLImage(_width, _height, MLPixelFormat.Bgra32, pixels);
    }

    private void PutPixel(byte[] row, int x, Span<byte> pixel)
    {
        int red, green, blue;
        var alpha = 255;
        if (_colors == _palette)
        {
            var index = Sample(row, x);
            (red, green, blue) = (_table[3 * index], _table[3 * index + 1], _table[3 * index + 2]);
            alpha = index < _transparency.Length ? _transparency[index] : 255;
        }
        else if (_colors is _grey or _greyAlpha)
        {
            red = green = blue = To8Bits(Sample(row, x * Channels));
            if (_colors == _greyAlpha)
                alpha = To8Bits(Sample(row, x * 2 + 1));
        }
        else
        {
            red = To8Bits(Sample(row, x * Channels));
            green = To8Bits(Sample(row, x * Channels + 1));
            blue = To8Bits(Sample(row, x * Channels + 2));
            if (_colors == _rgba)
                alpha = To8Bits(Sample(row, x * 4 + 3));
        }
        pixel[0] = (byte)((blue * alpha + 127) / 255);
        pixel[1] = (byte)((green * alpha + 127) / 255);
        pixel[2] = (byte)((red * alpha + 127) / 255);
        pixel[3] = (byte)alpha;
    }

    private int Sample(byte[] row, int index)
    {
        if (_depth == 8)
            return row[index];
        if (_depth == 16)
            return row[2 * index] << 8 | row[2 * index + 1];
        var bit = index * _depth;
        return (row[bit / 8] >> (8 - _depth - bit % 8)) & ((1 << _depth) - 1);
    }

    private int To8Bits(int sample) => _depth == 8 ? sample : _depth == 16 ? sample >> 8 : sample * 255 / ((1 << _depth) - 1);
}
