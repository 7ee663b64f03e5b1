namespace Microsoft.ML.Data;

/// <summary>
/// Several cursors that share one: each takes the next batch of rows when it has used up its own. So the work behind them can run in
/// parallel although the source cannot. The batch number puts the rows back into order.
/// </summary>
internal sealed class SplitCursor : DataViewRowCursor
{
    private readonly Source _source;
    private readonly RowBatch _batch;
    private int _slot = -1;
    private long _position = -1;

    private SplitCursor(Source source)
    {
        _source = source;
        _batch = new RowBatch(source.Cursor) { Number = -1 };
    }

    /// <summary>The cursors; only the given one where its values cannot be copied.</summary>
    public static DataViewRowCursor[] Split(DataViewRowCursor cursor, int n)
    {
        if (!cursor.Schema.All(c => !cursor.IsColumnActive(c) || ColumnBuffer.CanHold(c.Type)))
            return [cursor];
        var source = new Source(cursor, n);
        return Enumerable.Range(0, n).Select(_ => (DataViewRowCursor)new SplitCursor(source)).ToArray();
    }

    public override long Position => _position;

    public override long Batch => _batch.Number;

    public override DataViewSchema Schema => _source.Cursor.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => _batch.Columns[column.Index] != null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        => Columns.Cast<TValue>(_batch.Columns[column.Index]?.GetterFor(() => _slot), column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _batch.Ids[_slot];

    public override bool MoveNext()
    {
        if (++_slot >= _batch.Count)
        {
            _slot = 0;
            _source.Fill(_batch);
        }
        _position = _batch.Count > 0 ? _position + 1 : -1;
        return _batch.Count > 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source.Release(this);
        base.Dispose(disposing);
    }

    private sealed class Source(DataViewRowCursor cursor, int users)
    {
        private readonly Lock _lock = new();
        private readonly HashSet<SplitCursor> _done = new();
        private long _batches;
        private bool _ended;

        public DataViewRowCursor Cursor { get; } = cursor;

        public void Fill(RowBatch batch)
        {
            lock (_lock)
            {
                batch.Clear();
                batch.Number = _batches++;
                while (batch.Count < RowBatch.Capacity && !_ended)
                {
                    _ended = !Cursor.MoveNext();
                    if (!_ended)
                        batch.Load();
                }
            }
        }

        public void Release(SplitCursor user)
        {
            lock (_lock)
            {
                if (_done.Add(user) && _done.Count == users)
                    Cursor.Dispose();
            }
        }
    }
}
