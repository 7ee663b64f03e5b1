using Microsoft.ML;

namespace Hdge.MLNet.Input;

/// <summary>Reads a key column whatever unsigned type carries it.</summary>
internal static class LabelReader
{
    /// <summary>A getter of the key: 0 is missing, else 1 to the key's count.</summary>
    public static Func<ulong> Create(DataViewRow row, DataViewSchema.Column column) => Type.GetTypeCode(column.Type.RawType) switch
    {
        TypeCode.Byte => Of<byte>(row, column, value => value),
        TypeCode.UInt16 => Of<ushort>(row, column, value => value),
        TypeCode.UInt32 => Of<uint>(row, column, value => value),
        _ => Of<ulong>(row, column, value => value),
    };

    private static Func<ulong> Of<T>(DataViewRow row, DataViewSchema.Column column, Func<T, ulong> widen)
    {
        ValueGetter<T> get = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            get(ref value);
            return widen(value);
        };
    }
}
