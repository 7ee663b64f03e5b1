using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
        => data.GetColumn<T>(data.Schema[Guard.NotEmpty(columnName, nameof(columnName))]);

    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        Guard.NotNull(data, nameof(data));
        Guard.NotEmpty(column.Name, nameof(column));
        Guard.Argument(column.Index < data.Schema.Count && data.Schema[column.Index].Name == column.Name, nameof(column), $"The column '{column.Name}' is not one of this data.");

        if (typeof(T) == column.Type.RawType)
            return Read<T, T>(data, column, static v => v);
        if (typeof(T) == typeof(string) && column.Type is TextDataViewType)
            return (IEnumerable<T>)Read<ReadOnlyMemory<char>, string>(data, column, static v => v.ToString());
        if (typeof(T) == typeof(string[]) && column.Type is VectorDataViewType { ItemType: TextDataViewType })
            return (IEnumerable<T>)Read<VBuffer<ReadOnlyMemory<char>>, string[]>(data, column, static v => v.DenseValues().Select(t => t.ToString()).ToArray());
        if (typeof(T).IsArray && column.Type is VectorDataViewType vector && vector.ItemType.RawType == typeof(T).GetElementType())
            return (IEnumerable<T>)GenericCall.Static(typeof(ColumnCursorExtensions), nameof(ReadArrays), vector.ItemType.RawType, data, column);
        throw Guard.BadArgument(nameof(column), $"The column '{column.Name}' of type '{column.Type}' cannot be read as {typeof(T)}.");
    }

    private static IEnumerable<TItem[]> ReadArrays<TItem>(IDataView data, DataViewSchema.Column column)
        => Read<VBuffer<TItem>, TItem[]>(data, column, static v => v.DenseValues().ToArray());

    private static IEnumerable<TOut> Read<T, TOut>(IDataView data, DataViewSchema.Column column, Func<T, TOut> convert)
    {
        using var cursor = data.GetRowCursor([column]);
        var get = cursor.GetGetter<T>(column);
        T value = default;
        while (cursor.MoveNext())
        {
            get(ref value);
            yield return convert(value);
        }
    }
}
