using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>A data view over a sequence of objects. The sequence is enumerated anew for every cursor.</summary>
internal sealed class ObjectDataView<TRow>(IEnumerable<TRow> data, RowLayout layout) : IDataView
    where TRow : class
{
    public bool CanShuffle => false;

    public DataViewSchema Schema { get; } = layout.ToSchema();

    public long? GetRowCount() => (data as ICollection<TRow>)?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(data.GetEnumerator(), new ObjectRow<TRow>(layout, Schema, Columns.Active(Schema, columnsNeeded)));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(IEnumerator<TRow> rows, ObjectRow<TRow> row) : DataViewRowCursor
    {
        private bool _ended;

        public override long Position => row.Position;

        public override long Batch => 0;

        public override DataViewSchema Schema => row.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

        public override bool MoveNext()
        {
            if (_ended)
                return false;
            if (!rows.MoveNext())
            {
                Dispose();
                return false;
            }
            row.MoveTo(rows.Current ?? throw Guard.BadState("Encountered null when iterating over data, this is not supported."));
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_ended)
            {
                _ended = true;
                row.End();
                rows.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
