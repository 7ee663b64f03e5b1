namespace Microsoft.ML.Data;

internal sealed class MappedDataView(RowMapper mapper, IDataView input) : IDataView
{
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = Columns.Active(Schema, columnsNeeded);
        var parallel = mapper.ComputedColumns.Length > 0 ? ConsolidatingCursor.OpenOrNull(this, Schema.Where(c => active[c.Index]), rand) : null;
        return parallel ?? Map(input.GetRowCursor(InputsFor(active), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = Columns.Active(Schema, columnsNeeded);
        var cursors = input.GetRowCursorSet(InputsFor(active), n, rand);
        var computes = mapper.Sources.Where((source, i) => active[i] && source < 0).Any();
        if (cursors.Length == 1 && n > 1 && computes)
            cursors = SplitCursor.Split(cursors[0], n);
        return Array.ConvertAll(cursors, c => Map(c, active));
    }

    private DataViewSchema.Column[] InputsFor(bool[] active)
        => mapper.GetDependencies(Schema.Where(c => active[c.Index])).ToArray();

    private DataViewRowCursor Map(DataViewRowCursor cursor, bool[] active)
        => new Cursor(cursor, new MappedRow(mapper, cursor, active));

    private sealed class Cursor(DataViewRowCursor input, MappedRow row) : DataViewRowCursor
    {
        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => row.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool MoveNext() => input.MoveNext();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                row.Dispose();
            base.Dispose(disposing);
        }
    }
}
