using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number that is not a tensor: an integer, a real number or a truth value.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ValueTag tag, long bits, torch.ScalarType type)
    {
        Tag = tag;
        Bits = bits;
        Type = type;
    }

    public torch.ScalarType Type { get; }

    internal ValueTag Tag { get; }

    internal long Bits { get; }

    public static implicit operator Scalar(byte value) => new(ValueTag.Int, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(sbyte value) => new(ValueTag.Int, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(short value) => new(ValueTag.Int, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(int value) => new(ValueTag.Int, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(long value) => new(ValueTag.Int, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(float value) => Real(value);

    public static implicit operator Scalar(double value) => Real(value);

    public static implicit operator Scalar(Half value) => Real((double)value);

    public static implicit operator Scalar(bool value) => new(ValueTag.Bool, value ? 1 : 0, torch.ScalarType.Bool);

    public void Dispose()
    {
        // Nothing native here; the real type has a handle.
    }

    internal static Scalar FromNative(NativeValue value) => new(value.Tag, value.Bits, value.Tag switch
    {
        ValueTag.Bool => torch.ScalarType.Bool,
        ValueTag.Int => torch.ScalarType.Int64,
        _ => torch.ScalarType.Float64,
    });

    internal double AsDouble() => Tag == ValueTag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long AsInt64() => Tag == ValueTag.Double ? checked((long)BitConverter.Int64BitsToDouble(Bits)) : Bits;

    private static Scalar Real(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value), torch.ScalarType.Float64);
}

/// <summary>Conversions to and from <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;

    public static Scalar ToScalar(this sbyte value) => value;

    public static Scalar ToScalar(this short value) => value;

    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this Half value) => value;

    public static Scalar ToScalar(this bool value) => value;

    public static float ToSingle(this Scalar value) => (float)value.AsDouble();

    public static double ToDouble(this Scalar value) => value.AsDouble();

    public static Half ToHalf(this Scalar value) => (Half)value.AsDouble();

    public static sbyte ToSByte(this Scalar value) => checked((sbyte)value.AsInt64());

    public static byte ToByte(this Scalar value) => checked((byte)value.AsInt64());

    public static short ToInt16(this Scalar value) => checked((short)value.AsInt64());

    public static int ToInt32(this Scalar value) => checked((int)value.AsInt64());

    public static long ToInt64(this Scalar value) => value.AsInt64();

    public static bool ToBoolean(this Scalar value) => value.AsDouble() != 0;
}
