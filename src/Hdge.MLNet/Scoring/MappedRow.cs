using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>A row with a transformer's columns. Its input may change in place and its position with it: a cursor, or a prediction engine's row. It is disposed with this row.</summary>
internal abstract class MappedRow(ColumnBinding binding, DataViewRow input, bool[] active) : DataViewRow
{
    public override DataViewSchema Schema => binding.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => active[binding.IndexOf(column)];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        int index = binding.ActiveIndexOf(column, active), output = index - binding.InputSchema.Count;
        return output < 0 ? input.GetGetter<TValue>(binding.InputSchema[index]) : ColumnBinding.Typed<TValue>(CreateGetter(output), column);
    }

    /// <summary>A getter of the transformer's column with this number, from 0.</summary>
    protected abstract Delegate CreateGetter(int output);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}
