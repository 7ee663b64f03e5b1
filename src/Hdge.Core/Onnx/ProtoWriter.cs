using System.Buffers;
using System.Text;

namespace Hdge.Onnx;

/// <summary>Writes the wire format of protocol buffers, which ONNX files are in: a key of field number and wire type, then a number or a length and bytes.</summary>
internal sealed class ProtoWriter
{
    private const int VarintType = 0, LengthType = 2, Fixed32Type = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public long Length => _bytes.WrittenCount;

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public ProtoWriter Number(int field, long value)
    {
        Varint((ulong)field << 3 | VarintType);
        Varint((ulong)value);
        return this;
    }

    public ProtoWriter Single(int field, float value)
    {
        Varint((ulong)field << 3 | Fixed32Type);
        Span<byte> bytes = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Content(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Content(int field, ReadOnlySpan<byte> value)
    {
        Key(field, value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>A message within the message.</summary>
    public ProtoWriter Message(int field, Action<ProtoWriter> write)
    {
        var inner = new ProtoWriter();
        write(inner);
        return Content(field, inner.Bytes);
    }

    /// <summary>The key of a field of bytes whose content the caller writes behind it.</summary>
    public ProtoWriter Key(int field, long length)
    {
        Varint((ulong)field << 3 | LengthType);
        Varint((ulong)length);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
    }
}
