using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public sealed class DataDebuggerPreview
{
    internal DataDebuggerPreview(IDataView data, int maxRows)
    {
        Schema = Guard.NotNull(data, nameof(data)).Schema;
        Guard.Argument(maxRows >= 0, nameof(maxRows));
        using var cursor = data.GetRowCursor(Schema);
        var readers = Schema
            .Select(c => (Func<object>)GenericCall.Static(typeof(DataDebuggerPreview), nameof(Reader), c.Type.RawType, cursor, c))
            .ToArray();
        var rows = new List<RowInfo>();
        while (rows.Count < maxRows && cursor.MoveNext())
            rows.Add(new RowInfo(readers.Select((read, i) => KeyValuePair.Create(Schema[i].Name, read())).ToArray()));
        RowView = rows.ToImmutableArray();
        ColumnView = Schema.Select(c => new ColumnInfo(c, rows.Select(r => r.Values[c.Index].Value).ToArray())).ToImmutableArray();
    }

    public DataViewSchema Schema { get; }

    public ImmutableArray<ColumnInfo> ColumnView { get; }

    public ImmutableArray<RowInfo> RowView { get; }

    public override string ToString() => $"{Schema.Count} columns, {RowView.Length} rows";

    // A fresh value each time: the next row must not overwrite the buffers of this one.
    private static Func<object> Reader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var get = row.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            get(ref value);
            return value;
        };
    }

    public sealed class RowInfo
    {
        internal RowInfo(KeyValuePair<string, object>[] values) => Values = values;

        [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
        public KeyValuePair<string, object>[] Values { get; }

        public override string ToString() => $"{Values.Length} columns";
    }

    public sealed class ColumnInfo
    {
        internal ColumnInfo(DataViewSchema.Column column, object[] values)
        {
            Column = column;
            Values = values;
        }

        public DataViewSchema.Column Column { get; }

        public object[] Values { get; }

        public override string ToString() => $"{Column.Name}: {Column.Type}";
    }
}
