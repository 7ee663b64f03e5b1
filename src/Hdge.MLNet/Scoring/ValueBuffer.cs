using Microsoft.ML;

namespace Hdge.MLNet.Scoring;

/// <summary>
/// Slots of a scalar column. Numbers and texts are plain values. An object (an image, say) may be the source's own or made for this
/// row, and stock getters that make one dispose what they find in their target. So an object that was handed out is the caller's from
/// then on: its slot is emptied before it is filled again, and nothing is ever disposed here.
/// </summary>
internal class ValueBuffer<TValue>(DataViewRow row, DataViewSchema.Column column, int capacity)
    : ColumnBuffer<TValue>(row, column, capacity)
{
    private readonly bool[] _handedOut = new bool[typeof(TValue).IsValueType ? 0 : capacity];

    public override void Fill(int slot)
    {
        if (_handedOut.Length > 0 && _handedOut[slot])
        {
            Slots[slot] = default!;
            _handedOut[slot] = false;
        }

        base.Fill(slot);
    }

    protected override void CopyTo(int slot, ref TValue value)
    {
        value = Slots[slot];
        if (_handedOut.Length > 0)
            _handedOut[slot] = true;
    }
}
