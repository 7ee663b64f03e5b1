using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>Slots of a vector column: the items are copied in and out, so that nobody shares an array with a slot that is refilled.</summary>
internal class VectorBuffer<TItem>(DataViewRow row, DataViewSchema.Column column, int capacity)
    : ColumnBuffer<VBuffer<TItem>>(row, column, capacity)
{
    protected override void CopyTo(int slot, ref VBuffer<TItem> value) => Slots[slot].CopyTo(ref value);
}
