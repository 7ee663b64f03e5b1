namespace Microsoft.ML.Data;

/// <summary>Makes the question that a filter asks about the row a cursor stands on.</summary>
internal interface IRowFilter
{
    IEnumerable<DataViewSchema.Column> Needed { get; }

    Func<bool> Bind(DataViewRow row);
}

/// <summary>The rows of a data view that a filter accepts.</summary>
internal sealed class FilterDataView(IDataView input, IRowFilter filter) : IDataView
{
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => input.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = Columns.Active(Schema, columnsNeeded);
        return new Cursor(input.GetRowCursor(Needed(active), rand), active, filter);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = Columns.Active(Schema, columnsNeeded);
        return Array.ConvertAll(input.GetRowCursorSet(Needed(active), n, rand), c => (DataViewRowCursor)new Cursor(c, active, filter));
    }

    private DataViewSchema.Column[] Needed(bool[] active)
    {
        var needed = filter.Needed.Select(c => c.Index).ToHashSet();
        return Schema.Where(c => active[c.Index] || needed.Contains(c.Index)).ToArray();
    }

    private sealed class Cursor : WrappedCursor
    {
        private readonly bool[] _active;
        private readonly Func<bool> _accept;

        public Cursor(DataViewRowCursor input, bool[] active, IRowFilter filter)
            : base(input)
        {
            _active = active;
            _accept = filter.Bind(input);
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => _active[column.Index] ? base.GetGetter<TValue>(column) : Columns.Cast<TValue>(null, column);

        protected override bool Advance()
        {
            while (Input.MoveNext())
            {
                if (_accept())
                    return true;
            }
            return false;
        }
    }
}
