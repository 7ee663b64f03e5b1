namespace Microsoft.ML.Data;

internal static class ColumnTypeExtensions
{
    // In the order of DataKind, from 1.
    private static readonly PrimitiveDataViewType[] _byKind =
    [
        NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16, NumberDataViewType.UInt16,
        NumberDataViewType.Int32, NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64,
        NumberDataViewType.Single, NumberDataViewType.Double, TextDataViewType.Instance, BooleanDataViewType.Instance,
        TimeSpanDataViewType.Instance, DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance,
    ];

    public static ulong GetKeyCount(this DataViewType columnType) => (columnType as KeyDataViewType)?.Count ?? 0;

    public static DataViewType GetItemType(this DataViewType columnType) => (columnType as VectorDataViewType)?.ItemType ?? columnType;

    public static int GetVectorSize(this DataViewType columnType) => (columnType as VectorDataViewType)?.Size ?? 0;

    public static int GetValueCount(this DataViewType columnType) => (columnType as VectorDataViewType)?.Size ?? 1;

    public static bool IsKnownSizeVector(this DataViewType columnType) => columnType.GetVectorSize() > 0;

    public static PrimitiveDataViewType PrimitiveTypeFromKind(DataKind kind) => _byKind[(int)kind - 1];

    public static PrimitiveDataViewType PrimitiveTypeFromType(Type type)
        => PrimitiveTypeOrNull(type) ?? throw new InvalidOperationException($"No data view type holds {type}.");

    public static PrimitiveDataViewType PrimitiveTypeOrNull(Type type)
        => type == typeof(string) ? TextDataViewType.Instance
        : type == typeof(DataViewRowId) ? RowIdDataViewType.Instance
        : Array.Find(_byKind, t => t.RawType == type);
}
