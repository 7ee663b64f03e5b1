using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>A column of a text file: its type and the fields that it is made of.</summary>
internal sealed class TextColumn
{
    public TextColumn(TextLoader.Column column, int? fieldCount)
    {
        Name = Guard.NotEmpty(column.Name, nameof(column.Name));
        Guard.NotEmpty(column.Source, nameof(column.Source));
        if (column.Source.Any(r => r.VariableEnd || r.AllOther))
            throw new NotSupportedException("The offline Microsoft.ML reads no columns of variable length and no 'all other' columns.");
        Fields = column.Source.SelectMany(r => Enumerable.Range(r.Min, End(r, fieldCount) - r.Min + 1)).ToArray();

        var item = ColumnTypeExtensions.PrimitiveTypeFromKind(column.DataKind);
        if (column.KeyCount is { } key)
        {
            Guard.Argument(KeyDataViewType.IsValidDataType(item.RawType), nameof(column.KeyCount), $"The column '{Name}' cannot be a key of {item}.");
            item = new KeyDataViewType(item.RawType, key.Count ?? Largest(column.DataKind));
        }
        var vector = Fields.Length > 1 || column.Source.Any(r => r.ForceVector || r.AutoEnd);
        Type = vector ? new VectorDataViewType(item, Fields.Length) : item;
    }

    public string Name { get; }

    public DataViewType Type { get; }

    public int[] Fields { get; }

    private static int End(TextLoader.Range range, int? fieldCount)
    {
        if (range.Max is { } max)
            return max;
        Guard.State(fieldCount > range.Min, "A column without an end needs a line of the data to be counted.");
        return fieldCount.Value - 1;
    }

    private static ulong Largest(DataKind kind) => kind switch
    {
        DataKind.Byte => byte.MaxValue,
        DataKind.UInt16 => ushort.MaxValue,
        DataKind.UInt32 => uint.MaxValue,
        _ => ulong.MaxValue,
    };
}
