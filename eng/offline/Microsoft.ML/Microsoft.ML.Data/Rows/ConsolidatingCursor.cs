using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>
/// One cursor over a set of them: they work in parallel, and their batch numbers put the rows back into order. ML.NET does this behind
/// the back of anyone who asks a transform for a single cursor, so getters run on other threads, and ahead of the row that is read.
/// </summary>
internal sealed class ConsolidatingCursor : DataViewRowCursor
{
    private readonly RowBatchWorker[] _workers;
    private readonly RowBatch[] _heads;
    private readonly bool[] _active;
    private RowBatch _current;
    private int _owner;
    private int _slot;
    private long _position = -1;
    private bool _disposed;

    private ConsolidatingCursor(DataViewRowCursor[] inputs)
    {
        Schema = inputs[0].Schema;
        _active = Schema.Select(inputs[0].IsColumnActive).ToArray();
        _workers = Array.ConvertAll(inputs, i => new RowBatchWorker(i));
        _heads = new RowBatch[inputs.Length];
    }

    /// <summary>A single cursor over the view, made of parallel ones where the view has them and their values can be copied.</summary>
    public static DataViewRowCursor OpenOrNull(IDataView view, IEnumerable<DataViewSchema.Column> columns, Random rand)
    {
        var needed = columns.ToArray();
        if (!Array.TrueForAll(needed, c => ColumnBuffer.CanHold(c.Type)))
            return null;
        var inputs = view.GetRowCursorSet(needed, Math.Max(2, Environment.ProcessorCount - 1), rand);
        return inputs.Length == 1 ? inputs[0] : new ConsolidatingCursor(inputs);
    }

    public override long Position => _position;

    public override long Batch => _current?.Number ?? 0;

    public override DataViewSchema Schema { get; }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var index = column.Index;
        ValueGetter<TValue> getter = (ref TValue dst) => ((ColumnBuffer<TValue>)Current.Columns[index]).Read(_slot, ref dst);
        if (!_active[index])
            return Columns.Cast<TValue>(null, column);
        return typeof(TValue) == Schema[index].Type.RawType ? getter : throw Columns.WrongType<TValue>(Schema[index]);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = Current.Ids[_slot];

    public override bool MoveNext()
    {
        if (_disposed)
            return false;
        _slot++;
        if ((_current is null || _slot >= _current.Count) && !TakeNextBatch())
        {
            Dispose();
            return false;
        }
        _position++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _current = null;
            _position = -1;
            foreach (var worker in _workers)
                worker.Dispose();
        }
        base.Dispose(disposing);
    }

    private RowBatch Current => _current ?? throw Guard.BadState("Values can only be fetched while the cursor stands on a row: call MoveNext first.");

    private bool TakeNextBatch()
    {
        if (_current is null)
        {
            for (var i = 0; i < _workers.Length; i++)
                _heads[i] = _workers[i].TakeOrNull();
        }
        else
        {
            _workers[_owner].GiveBack(_current);
            _heads[_owner] = _workers[_owner].TakeOrNull();
        }
        _owner = -1;
        for (var i = 0; i < _heads.Length; i++)
        {
            if (_heads[i] != null && (_owner < 0 || _heads[i].Number < _heads[_owner].Number))
                _owner = i;
        }
        _current = _owner < 0 ? null : _heads[_owner];
        _slot = 0;
        return _current != null;
    }
}
