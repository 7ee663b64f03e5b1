using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Writes and reads column types: primitives, keys, and vectors of them.</summary>
internal static class BinaryTypes
{
    private const byte _rowId = 100;
    private const byte _key = 101;
    private const byte _vector = 102;

    public static bool CanWrite(DataViewType type) => type.GetItemType() is var item && (item is KeyDataViewType || KindOf(item.RawType) != 0);

    public static void Write(BinaryWriter writer, DataViewType type)
    {
        if (type is VectorDataViewType vector)
        {
            writer.Write(_vector);
            writer.Write((byte)vector.Dimensions.Length);
            foreach (var d in vector.Dimensions)
                writer.Write(d);
        }
        var item = type.GetItemType();
        if (item is KeyDataViewType key)
        {
            writer.Write(_key);
            writer.Write(key.Count);
        }
        writer.Write(KindOf(item.RawType));
    }

    public static DataViewType Read(BinaryReader reader)
    {
        var kind = reader.ReadByte();
        if (kind != _vector)
            return ReadItem(reader, kind);
        var dimensions = new int[reader.ReadByte()];
        for (var i = 0; i < dimensions.Length; i++)
            dimensions[i] = reader.ReadInt32();
        return new VectorDataViewType(ReadItem(reader, reader.ReadByte()), dimensions);
    }

    private static PrimitiveDataViewType ReadItem(BinaryReader reader, byte kind)
    {
        if (kind == _key)
        {
            var count = reader.ReadUInt64();
            return new KeyDataViewType(ReadItem(reader, reader.ReadByte()).RawType, count);
        }
        if (kind == _rowId)
            return RowIdDataViewType.Instance;
        Guard.Format(kind is >= 1 and <= (byte)DataKind.DateTimeOffset, "Unknown column type");
        return ColumnTypeExtensions.PrimitiveTypeFromKind((DataKind)kind);
    }

    private static byte KindOf(Type raw)
    {
        if (raw == typeof(DataViewRowId))
            return _rowId;
        for (var kind = DataKind.SByte; kind <= DataKind.DateTimeOffset; kind++)
        {
            if (ColumnTypeExtensions.PrimitiveTypeFromKind(kind).RawType == raw)
                return (byte)kind;
        }
        return 0;
    }
}
