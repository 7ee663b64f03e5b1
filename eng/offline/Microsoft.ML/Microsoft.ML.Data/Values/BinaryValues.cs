using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Writes and reads single values of every primitive type.</summary>
internal static class BinaryValues
{
    private static readonly Dictionary<Type, (Delegate Write, Delegate Read)> _codecs = new()
    {
        [typeof(sbyte)] = Codec<sbyte>((w, v) => w.Write(v), r => r.ReadSByte()),
        [typeof(byte)] = Codec<byte>((w, v) => w.Write(v), r => r.ReadByte()),
        [typeof(short)] = Codec<short>((w, v) => w.Write(v), r => r.ReadInt16()),
        [typeof(ushort)] = Codec<ushort>((w, v) => w.Write(v), r => r.ReadUInt16()),
        [typeof(int)] = Codec<int>((w, v) => w.Write(v), r => r.ReadInt32()),
        [typeof(uint)] = Codec<uint>((w, v) => w.Write(v), r => r.ReadUInt32()),
        [typeof(long)] = Codec<long>((w, v) => w.Write(v), r => r.ReadInt64()),
        [typeof(ulong)] = Codec<ulong>((w, v) => w.Write(v), r => r.ReadUInt64()),
        [typeof(float)] = Codec<float>((w, v) => w.Write(v), r => r.ReadSingle()),
        [typeof(double)] = Codec<double>((w, v) => w.Write(v), r => r.ReadDouble()),
        [typeof(bool)] = Codec<bool>((w, v) => w.Write(v), r => r.ReadBoolean()),
        [typeof(ReadOnlyMemory<char>)] = Codec<ReadOnlyMemory<char>>((w, v) => w.Write(v.ToString()), r => r.ReadString().AsMemory()),
        [typeof(TimeSpan)] = Codec<TimeSpan>((w, v) => w.Write(v.Ticks), r => new TimeSpan(r.ReadInt64())),
        [typeof(DateTime)] = Codec<DateTime>((w, v) => w.Write(v.ToBinary()), r => DateTime.FromBinary(r.ReadInt64())),
        [typeof(DateTimeOffset)] = Codec<DateTimeOffset>(
            (w, v) =>
            {
                w.Write(v.Ticks);
                w.Write(v.Offset.Ticks);
            },
            r => new DateTimeOffset(r.ReadInt64(), new TimeSpan(r.ReadInt64()))),
        [typeof(DataViewRowId)] = Codec<DataViewRowId>(
            (w, v) =>
            {
                w.Write(v.Low);
                w.Write(v.High);
            },
            r => new DataViewRowId(r.ReadUInt64(), r.ReadUInt64())),
    };

    public static void WriteArray<T>(BinaryWriter writer, ReadOnlySpan<T> values)
    {
        var write = (Action<BinaryWriter, T>)_codecs[typeof(T)].Write;
        writer.Write(values.Length);
        foreach (var value in values)
            write(writer, value);
    }

    public static T[] ReadArray<T>(BinaryReader reader)
    {
        var read = (Func<BinaryReader, T>)_codecs[typeof(T)].Read;
        var count = reader.ReadInt32();
        // Every value takes at least a byte, so a count beyond the stream's end is rubbish.
        Guard.Format(count >= 0 && count <= reader.BaseStream.Length - reader.BaseStream.Position, "The number of values is not credible.");
        var values = new T[count];
        for (var i = 0; i < count; i++)
            values[i] = read(reader);
        return values;
    }

    private static (Delegate Write, Delegate Read) Codec<T>(Action<BinaryWriter, T> write, Func<BinaryReader, T> read) => (write, read);
}
