using System.Text;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A schema with its annotations as one stream. Columns of types that cannot be written are left out, and the log says so.</summary>
internal static class SchemaFile
{
    private const ulong _mark = 0x3141_4D48_4353_4448;

    public static void Write(Stream stream, DataViewSchema schema, IChannel channel)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(_mark);
        foreach (var column in schema)
        {
            if (!BinaryTypes.CanWrite(column.Type))
                channel?.Info(MessageSensitivity.Schema, "The column '{0}' will not be written as it has unsavable column type.", column.Name);
        }
        WriteColumns(writer, schema, WriteAnnotations);
    }

    public static DataViewSchema Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            Guard.Format(reader.ReadUInt64() == _mark, "The model's input schema is in an unknown format.");
            var builder = new DataViewSchema.Builder();
            for (var n = reader.ReadInt32(); n > 0; n--)
                builder.AddColumn(reader.ReadString(), BinaryTypes.Read(reader), ReadAnnotations(reader));
            return builder.ToSchema();
        }
        catch (EndOfStreamException e)
        {
            throw Guard.BadFormat("The model's input schema is cut off.", e);
        }
    }

    private static void WriteColumns(BinaryWriter writer, DataViewSchema schema, Action<BinaryWriter, DataViewSchema.Column> writeRest)
    {
        var columns = schema.Where(c => BinaryTypes.CanWrite(c.Type)).ToArray();
        writer.Write(columns.Length);
        foreach (var column in columns)
        {
            writer.Write(column.Name);
            BinaryTypes.Write(writer, column.Type);
            writeRest(writer, column);
        }
    }

    private static void WriteAnnotations(BinaryWriter writer, DataViewSchema.Column column)
        => WriteColumns(writer, column.Annotations.Schema, (w, a) => GenericCall.Static(
            typeof(SchemaFile), a.Type is VectorDataViewType ? nameof(WriteVector) : nameof(WriteScalar), a.Type.GetItemType().RawType, w, column.Annotations, a));

    private static DataViewSchema.Annotations ReadAnnotations(BinaryReader reader)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        for (var n = reader.ReadInt32(); n > 0; n--)
        {
            var name = reader.ReadString();
            var type = BinaryTypes.Read(reader);
            var read = type is VectorDataViewType ? nameof(ReadVector) : nameof(ReadScalar);
            builder.Add(name, type, (Delegate)GenericCall.Static(typeof(SchemaFile), read, type.GetItemType().RawType, reader));
        }
        return builder.ToAnnotations();
    }

    private static void WriteScalar<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column column)
    {
        T value = default;
        annotations.GetGetter<T>(column)(ref value);
        BinaryValues.WriteArray<T>(writer, [value]);
    }

    private static void WriteVector<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column column)
    {
        VBuffer<T> value = default;
        annotations.GetGetter<VBuffer<T>>(column)(ref value);
        BinaryValues.WriteArray<T>(writer, value.DenseValues().ToArray());
    }

    private static ValueGetter<T> ReadScalar<T>(BinaryReader reader)
    {
        var value = BinaryValues.ReadArray<T>(reader);
        Guard.Format(value.Length == 1, "An annotation has no value.");
        return (ref T dst) => dst = value[0];
    }

    private static ValueGetter<VBuffer<T>> ReadVector<T>(BinaryReader reader) => AnnotationGetter.OfArray(BinaryValues.ReadArray<T>(reader));
}
