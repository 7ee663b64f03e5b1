namespace Microsoft.ML.Data;

/// <summary>A cursor over another one: same schema, columns, ids and batches unless a subclass says otherwise.</summary>
internal abstract class WrappedCursor(DataViewRowCursor input) : DataViewRowCursor
{
    private long _position = -1;

    protected DataViewRowCursor Input { get; } = input;

    public override long Position => _position;

    public override long Batch => Input.Batch;

    public override DataViewSchema Schema => Input.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => Input.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Input.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

    public override bool MoveNext()
    {
        if (!Advance())
        {
            _position = -1;
            return false;
        }
        _position++;
        return true;
    }

    protected abstract bool Advance();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Input.Dispose();
        base.Dispose(disposing);
    }
}
