using System.Text;

namespace Hdge.Onnx;

/// <summary>Goes over the fields of a message in the wire format of protocol buffers. Every length is checked against what is there.</summary>
/// <param name="bytes">The message.</param>
/// <param name="packed">Whether they are whole numbers without keys: a packed repeated field.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes, bool packed = false)
{
    private const int Varints = 0, EightBytes = 1, Contents = 2, FourBytes = 5;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at, _wire;

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

    /// <summary>Whether the present field is this one, and a whole number.</summary>
    public readonly bool IsNumber(int field) => Field == field && _wire == Varints;

    /// <summary>Whether the present field is this one, and a text, bytes or a message.</summary>
    public readonly bool IsContent(int field) => Field == field && _wire == Contents;

    /// <summary>Goes to the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such message.</exception>
    public bool Next()
    {
        Start = _at;
        if (_at == _bytes.Length)
            return false;
        Content = default;
        Number = 0;
        if (packed)
        {
            Number = (long)Varint();
            return true;
        }
        ulong key = Varint();
        Field = key >> 3 is > 0 and < 1 << 29 ? (int)(key >> 3) : throw Damaged($"a field has the number {key >> 3}");
        _wire = (int)(key & 7);
        switch (_wire)
        {
            case Varints:
                Number = (long)Varint();
                break;
            case EightBytes:
                Skip(8);
                break;
            case Contents:
                ulong length = Varint();
                int from = _at;
                Skip(length);
                Content = _bytes[from.._at];
                break;
            case FourBytes:
                Skip(4);
                break;
            default:
                throw Damaged($"field {Field} has the wire type {_wire}, which there is not");
        }
        return true;
    }

    private void Skip(ulong count) => _at = count <= (ulong)(_bytes.Length - _at) ? _at + (int)count : throw Damaged($"a field claims {count} bytes where {_bytes.Length - _at} are left");

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = _at < _bytes.Length ? _bytes[_at++] : throw Damaged($"it ends within a number");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Damaged($"a number has more than 64 bits");
    }

    private static InvalidDataException Damaged(FormattableString problem) => new($"This is no ONNX file, or it is cut off or damaged: {FormattableString.Invariant(problem)}.");
}
