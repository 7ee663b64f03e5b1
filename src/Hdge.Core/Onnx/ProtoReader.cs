using System.Text;

namespace Hdge.Onnx;

/// <summary>Goes over the fields of a message in the wire format of protocol buffers. Every length is checked against what is there.</summary>
/// <param name="bytes">The message.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>Number of the present field.</summary>
    public int Field { get; private set; }

    /// <summary>Its value where it is a whole number.</summary>
    public long Number { get; private set; }

    /// <summary>Its content where it is a text, bytes or a message; else empty.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Where the present field, key included, begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public readonly int End => _at;

    /// <summary>Its content as UTF-8.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Content);

    /// <summary>Goes to the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such message.</exception>
    public bool Next()
    {
        Start = _at;
        if (_at == _bytes.Length)
            return false;
        ulong key = Varint();
        Field = key >> 3 is > 0 and < 1 << 29 ? (int)(key >> 3) : throw Damaged();
        Content = default;
        Number = 0;
        switch (key & 7)
        {
            case 0:
                Number = (long)Varint();
                break;
            case 1:
                Skip(8);
                break;
            case 2:
                ulong length = Varint();
                Content = length <= (ulong)(_bytes.Length - _at) ? _bytes.Slice(_at, (int)length) : throw Damaged();
                _at += (int)length;
                break;
            case 5:
                Skip(4);
                break;
            default:
                throw Damaged();
        }
        return true;
    }

    private void Skip(int count) => _at = count <= _bytes.Length - _at ? _at + count : throw Damaged();

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = _at < _bytes.Length ? _bytes[_at++] : throw Damaged();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Damaged();
    }

    private static InvalidDataException Damaged() => new("This is no ONNX file, or it is cut off or damaged: a field's length or type is wrong.");
}
