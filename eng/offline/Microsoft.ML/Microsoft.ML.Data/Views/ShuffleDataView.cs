namespace Microsoft.ML.Data;

/// <summary>Rows in random order: they pass through a pool of limited size, from which the next one is drawn.</summary>
internal sealed class ShuffleDataView(IDataView input, int poolSize, bool shuffleSource, int? seed, Random fallback) : IDataView
{
    public bool CanShuffle => true;

    public DataViewSchema Schema => input.Schema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var random = rand ?? new Random(seed ?? fallback.Next());
        return new Cursor(input.GetRowCursor(columnsNeeded, shuffleSource && input.CanShuffle ? random : null), poolSize, random);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly DataViewRowCursor _input;
        private readonly Random _random;
        private readonly ColumnBuffer[] _columns;
        private readonly List<DataViewRowId> _ids = new();
        private readonly List<int> _waiting = new();
        private readonly ValueGetter<DataViewRowId> _id;
        private readonly int _poolSize;
        private int _current = -1;
        private bool _inputEnded;
        private long _position = -1;

        public Cursor(DataViewRowCursor input, int poolSize, Random random)
        {
            _input = input;
            _poolSize = poolSize;
            _random = random;
            _id = input.GetIdGetter();
            _columns = input.Schema.Select(c => input.IsColumnActive(c) ? ColumnBuffer.Create(c.Type) : null).ToArray();
            for (var i = 0; i < _columns.Length; i++)
                _columns[i]?.Bind(input, i);
        }

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => _input.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _columns[column.Index] != null;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => Columns.Cast<TValue>(_columns[column.Index]?.GetterFor(() => _current), column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[_current];

        public override bool MoveNext()
        {
            // The slot of the row just given out is free again.
            if (_current >= 0 && !_inputEnded)
                Load(_current);
            while (_current < 0 && !_inputEnded && _waiting.Count < _poolSize)
            {
                _ids.Add(default);
                Load(_ids.Count - 1);
            }
            if (_waiting.Count == 0)
            {
                _position = _current = -1;
                _inputEnded = true;
                return false;
            }
            var at = _random.Next(_waiting.Count);
            _current = _waiting[at];
            _waiting[at] = _waiting[^1];
            _waiting.RemoveAt(_waiting.Count - 1);
            _position++;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _input.Dispose();
            base.Dispose(disposing);
        }

        private void Load(int slot)
        {
            if (!_input.MoveNext())
            {
                _inputEnded = true;
                return;
            }
            foreach (var column in _columns)
                column?.Load(slot);
            DataViewRowId id = default;
            _id(ref id);
            _ids[slot] = id;
            _waiting.Add(slot);
        }
    }
}
