using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

internal sealed class MappedRow : DataViewRow
{
    private readonly RowMapper _mapper;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private readonly Delegate[] _computed;

    public MappedRow(RowMapper mapper, DataViewRow input, bool[] active)
    {
        _mapper = mapper;
        _input = input;
        _active = active;
        var wanted = new bool[mapper.ComputedColumns.Length];
        for (var i = 0; i < active.Length; i++)
        {
            if (active[i] && mapper.Sources[i] < 0)
                wanted[~mapper.Sources[i]] = true;
        }
        _computed = mapper.MakeGetters(input, wanted);
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Guard.State(_active[column.Index], $"The column '{column.Name}' was not asked for when this row or cursor was made.");
        var source = _mapper.Sources[column.Index];
        return source >= 0 ? _input.GetGetter<TValue>(_input.Schema[source]) : Columns.Cast<TValue>(_computed[~source], column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // A getter that holds on to something (an image, say) is a method of a disposable object.
            foreach (var getter in _computed)
                (getter?.Target as IDisposable)?.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }
}
