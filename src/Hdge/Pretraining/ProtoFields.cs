using System.Buffers.Binary;

namespace Hdge.Pretraining;

/// <summary>The fields of a protobuf message, one after another. No length that the message tells leads out of it.</summary>
/// <param name="message">The message's bytes.</param>
/// <param name="packed">Whether they are whole numbers without tags: a packed repeated field.</param>
internal ref struct ProtoFields(ReadOnlySpan<byte> message, bool packed = false)
{
    private enum Wire
    {
        Varint = 0,
        Fixed64 = 1,
        Bytes = 2,
        Fixed32 = 5,
    }

    private ReadOnlySpan<byte> _rest = message;
    private int _field;
    private Wire _wire;

    /// <summary>The field's value where it is a whole number.</summary>
    public long Number { get; private set; }

    /// <summary>The field's value where it is bytes, text or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public readonly bool IsNumber(int field) => _field == field && _wire == Wire.Varint;

    public readonly bool IsBytes(int field) => _field == field && _wire == Wire.Bytes;

    /// <summary>Goes to the next field; false behind the last.</summary>
    /// <exception cref="InvalidDataException">The message is damaged.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        if (!packed)
        {
            ulong tag = Varint();
            (_field, _wire) = ((int)Math.Min(tag >> 3, int.MaxValue), (Wire)(tag & 7));
        }
        switch (_wire)
        {
            case Wire.Varint:
                Number = unchecked((long)Varint());
                break;
            case Wire.Bytes:
                Bytes = Take(Varint());
                break;
            case Wire.Fixed64:
                Number = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
                break;
            case Wire.Fixed32:
                Number = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                break;
            default:
                throw new InvalidDataException($"The ONNX file is damaged: field {_field} has the wire type {(int)_wire}, which there is not.");
        }
        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
        throw new InvalidDataException("The ONNX file is damaged: a number has more than 64 bits.");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
            throw new InvalidDataException($"The ONNX file is damaged: a field claims {length} bytes where {_rest.Length} are left.");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
