namespace Hdge.Onnx;

/// <summary>Numbers of ONNX's element types (TensorProto.DataType).</summary>
internal static class OnnxTypes
{
    public const int Single = 1, Byte = 2, SByte = 3, Int32 = 6, Int64 = 7, Text = 8, Bool = 9, Double = 11, UInt32 = 12;

    /// <summary>A tensor's field with its texts.</summary>
    public const int TextField = 6;

    /// <summary>That of a .NET type.</summary>
    public static int Of(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Single => Single,
        TypeCode.Byte => Byte,
        TypeCode.SByte => SByte,
        TypeCode.Int32 => Int32,
        TypeCode.Int64 => Int64,
        TypeCode.Boolean => Bool,
        TypeCode.Double => Double,
        TypeCode.UInt32 => UInt32,
        _ => throw new NotSupportedException($"A graph holds no constants of {type}: expected Single, Double, Int64, Int32, UInt32, Byte, SByte or Boolean."),
    };

    /// <summary>Bytes of an element; 0 for types that no exported model has.</summary>
    public static int Size(int type) => type switch
    {
        Byte or SByte or Bool => 1,
        Single or Int32 or UInt32 => 4,
        Int64 or Double => 8,
        _ => 0,
    };
}
