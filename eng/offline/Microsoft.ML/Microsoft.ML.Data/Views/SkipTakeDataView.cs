namespace Microsoft.ML.Data;

/// <summary>Leaves out the first rows, and those after a number of rows.</summary>
internal sealed class SkipTakeDataView(IDataView input, long skip, long take) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => input.Schema;

    public long? GetRowCount() => input.GetRowCount() is { } count ? Math.Min(take, Math.Max(0, count - skip)) : null;

    // Which rows are first must not depend on chance, so the source is never shuffled.
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(input.GetRowCursor(columnsNeeded), skip, take);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor input, long skip, long take) : WrappedCursor(input)
    {
        private long _skip = skip;
        private long _take = take;

        protected override bool Advance()
        {
            for (; _skip > 0; _skip--)
            {
                if (!Input.MoveNext())
                    return false;
            }
            return _take-- > 0 && Input.MoveNext();
        }
    }
}
