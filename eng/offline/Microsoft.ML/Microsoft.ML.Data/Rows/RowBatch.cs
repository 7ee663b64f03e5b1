namespace Microsoft.ML.Data;

/// <summary>Some consecutive rows of a cursor, copied so that another thread can read them.</summary>
internal sealed class RowBatch
{
    public const int Capacity = 64;

    private readonly ValueGetter<DataViewRowId> _id;

    public RowBatch(DataViewRowCursor cursor)
    {
        _id = cursor.GetIdGetter();
        Columns = cursor.Schema.Select(c => cursor.IsColumnActive(c) ? ColumnBuffer.Create(c.Type) : null).ToArray();
        for (var i = 0; i < Columns.Length; i++)
            Columns[i]?.Bind(cursor, i);
    }

    public ColumnBuffer[] Columns { get; }

    public DataViewRowId[] Ids { get; } = new DataViewRowId[Capacity];

    public int Count { get; private set; }

    public long Number { get; set; }

    public void Clear() => Count = 0;

    public void Load()
    {
        _id(ref Ids[Count]);
        foreach (var column in Columns)
            column?.Load(Count);
        Count++;
    }
}
