using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests.Data;

/// <summary>
/// A data view over arrays that counts what is asked of it, shuffles, and splits into cursors that take turns in blocks of rows. A row's
/// id is its number in the arrays.
/// </summary>
internal sealed class TableView : IDataView
{
    private const int BlockRows = 5;

    private readonly Column[] _columns;

    public TableView(params Column[] columns)
    {
        _columns = columns;
        var schema = new DataViewSchema.Builder();
        foreach (Column column in columns)
            schema.AddColumn(column.Name, column.Type);
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema { get; }

    /// <summary>Rows that cursors have moved to.</summary>
    public int Moves { get; private set; }

    /// <summary>Cursors that have been disposed.</summary>
    public int Disposed { get; private set; }

    /// <summary>Names of the columns last asked for.</summary>
    public string[] Asked { get; private set; } = [];

    private int Rows => _columns[0].Count;

    /// <summary>Values of a column that were fetched so far.</summary>
    public int Pulls(string name) => Array.Find(_columns, column => column.Name == name)!.Pulls;

    public long? GetRowCount() => Rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        int[] order = [.. Enumerable.Range(0, Rows)];
        rand?.Shuffle(order);
        return new Cursor(this, columnsNeeded, [.. order.Select((row, at) => (row, (long)at))]);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        int[] order = [.. Enumerable.Range(0, Rows)];
        rand?.Shuffle(order);
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        return
        [
            .. Enumerable.Range(0, n).Select(part => new Cursor(this, needed,
                [.. order.Select((row, at) => (row, Block: (long)at / BlockRows)).Where(entry => entry.Block % n == part)])),
        ];
    }

    /// <summary>Name, type and values of a column.</summary>
    internal abstract class Column(string name, DataViewType type, int count)
    {
        private int _pulls;

        public string Name => name;

        public DataViewType Type => type;

        public int Count => count;

        public int Pulls => _pulls;

        public static Column Of<T>(string name, DataViewType type, T[] values) => new Typed<T>(name, type, values);

        /// <summary>A column whose getter makes an object a row and disposes what it finds in its target, as stock image columns do.</summary>
        public static Column Made<T>(string name, DataViewType type, int count, Func<int, T> make)
            where T : class, IDisposable => new Making<T>(name, type, count, make);

        public abstract Delegate GetGetter(Func<int> row);

        private sealed class Making<T>(string name, DataViewType type, int count, Func<int, T> make) : Column(name, type, count)
            where T : class, IDisposable
        {
            public override Delegate GetGetter(Func<int> row) => (ValueGetter<T>)((ref T value) =>
            {
                value?.Dispose();
                value = make(row());
            });
        }

        private sealed class Typed<T>(string name, DataViewType type, T[] values) : Column(name, type, values.Length)
        {
            public override Delegate GetGetter(Func<int> row) => (ValueGetter<T>)((ref T value) =>
            {
                Interlocked.Increment(ref _pulls);
                value = values[row()];
            });
        }
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly TableView _view;
        private readonly HashSet<string> _active;
        private readonly (int Row, long Batch)[] _rows;
        private int _at = -1;

        public Cursor(TableView view, IEnumerable<DataViewSchema.Column> needed, (int Row, long Batch)[] rows)
        {
            (_view, _rows) = (view, rows);
            _active = [.. needed.Select(column => column.Name)];
            view.Asked = [.. _active];
        }

        public override DataViewSchema Schema => _view.Schema;

        public override long Position => _at >= 0 && _at < _rows.Length ? _at : -1;

        public override long Batch => _rows[_at].Batch;

        public override bool MoveNext()
        {
            if (_at + 1 >= _rows.Length)
            {
                _at = _rows.Length;
                return false;
            }

            _at++;
            lock (_view)
                _view.Moves++;
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Name);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_rows[_at].Row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw new InvalidOperationException($"'{column.Name}' is not active.");
            return (ValueGetter<TValue>)_view._columns[column.Index].GetGetter(() => _rows[_at].Row);
        }

        protected override void Dispose(bool disposing)
        {
            lock (_view)
                _view.Disposed++;
            base.Dispose(disposing);
        }
    }
}
