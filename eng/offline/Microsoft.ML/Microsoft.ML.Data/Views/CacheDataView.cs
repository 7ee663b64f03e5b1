using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Keeps the columns that were asked for in memory, so that later passes do not compute them again. Columns that cannot be kept are dropped.</summary>
internal sealed class CacheDataView : IDataView
{
    private const int _batchSize = 64;

    private readonly Lock _lock = new();
    private readonly IDataView _input;
    private readonly int[] _inputColumns;
    private readonly ColumnBuffer[] _buffers;
    private long _count = -1;

    public CacheDataView(IDataView input, params string[] prefetch)
    {
        _input = input;
        _inputColumns = input.Schema.Where(c => c.Type.GetItemType() is PrimitiveDataViewType).Select(c => c.Index).ToArray();
        _buffers = new ColumnBuffer[_inputColumns.Length];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(_inputColumns.Select(i => input.Schema[i]));
        Schema = builder.ToSchema();
        if (prefetch is { Length: > 0 })
            Fill(prefetch.Select(name => Columns.IndexOf(Schema, name, "prefetch", "columnsToPrefetch")));
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _count >= 0 ? _count : _input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = Columns.Active(Schema, columnsNeeded);
        Fill(Enumerable.Range(0, active.Length).Where(i => active[i]));
        return new Cursor(this, active, 0, 1, Permutation(rand));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        Guard.Argument(n > 0, nameof(n));
        var active = Columns.Active(Schema, columnsNeeded);
        Fill(Enumerable.Range(0, active.Length).Where(i => active[i]));
        var order = Permutation(rand);
        return Enumerable.Range(0, n).Select(i => (DataViewRowCursor)new Cursor(this, active, i, n, order)).ToArray();
    }

    private int[] Permutation(Random rand)
    {
        if (rand is null)
            return null;
        var order = Enumerable.Range(0, checked((int)_count)).ToArray();
        rand.Shuffle(order);
        return order;
    }

    private void Fill(IEnumerable<int> columns)
    {
        lock (_lock)
        {
            var missing = columns.Where(i => _buffers[i] is null).ToArray();
            if (missing.Length == 0 && _count >= 0)
                return;
            using var cursor = _input.GetRowCursor(missing.Select(i => _input.Schema[_inputColumns[i]]).ToArray());
            var filled = Array.ConvertAll(missing, i => ColumnBuffer.Create(Schema[i].Type));
            for (var i = 0; i < missing.Length; i++)
                filled[i].Bind(cursor, _inputColumns[missing[i]]);
            var count = 0;
            for (; cursor.MoveNext(); count++)
            {
                foreach (var buffer in filled)
                    buffer.Load(count);
            }
            _count = count;
            for (var i = 0; i < missing.Length; i++)
                _buffers[missing[i]] = filled[i];
        }
    }

    // Each cursor of a set takes every n-th batch of rows.
    private sealed class Cursor(CacheDataView view, bool[] active, int part, int parts, int[] order) : DataViewRowCursor
    {
        private readonly long _count = view._count;
        private long _next = (long)part * _batchSize;
        private long _row = -1;
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => parts == 1 ? 0 : _row / _batchSize;

        public override DataViewSchema Schema => view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => Columns.Cast<TValue>(active[column.Index] ? view._buffers[column.Index].GetterFor(Slot) : null, column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Slot(), 0);

        public override bool MoveNext()
        {
            if (_next >= _count)
            {
                _position = _row = -1;
                return false;
            }
            _row = _next++;
            if (_next % _batchSize == 0)
                _next += (parts - 1L) * _batchSize;
            _position++;
            return true;
        }

        private int Slot()
        {
            Guard.State(_row >= 0, "Values can only be fetched while the cursor stands on a row: call MoveNext first.");
            return order is null ? (int)_row : order[_row];
        }
    }
}
