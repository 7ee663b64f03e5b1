using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>
/// The values of one input column for the rows read ahead. A getter always answers for the row its cursor is on, so whatever a caller
/// may ask of an earlier row has to be copied before the cursor moves on.
/// </summary>
internal abstract class ColumnBuffer
{
    /// <summary>Makes a buffer of <paramref name="capacity"/> slots for an active column of <paramref name="row"/>.</summary>
    public static ColumnBuffer Create(DataViewRow row, DataViewSchema.Column column, int capacity)
    {
        Type value = column.Type.RawType;
        bool vector = value.IsGenericType && value.GetGenericTypeDefinition() == typeof(VBuffer<>);
        Type buffer = vector
            ? typeof(VectorBuffer<>).MakeGenericType(value.GenericTypeArguments)
            : typeof(ValueBuffer<>).MakeGenericType(value);
        return (ColumnBuffer)Activator.CreateInstance(buffer, BindingFlags.DoNotWrapExceptions, null, [row, column, capacity], null)!;
    }

    /// <summary>Copies the value of the row's present position into a slot. A warm slot is reused: no allocation.</summary>
    public abstract void Fill(int slot);

    /// <summary>A <see cref="ValueGetter{TValue}"/> of the column's type that answers from the slot that <paramref name="slot"/> names.</summary>
    public abstract Delegate CreateGetter(Func<int> slot);
}

/// <summary>Slots of one type.</summary>
internal abstract class ColumnBuffer<TValue>(DataViewRow row, DataViewSchema.Column column, int capacity) : ColumnBuffer
{
    private readonly ValueGetter<TValue> _get = row.GetGetter<TValue>(column);

    protected TValue[] Slots { get; } = new TValue[capacity];

    /// <summary>The value in a slot, as it lies there.</summary>
    public ref readonly TValue this[int slot] => ref Slots[slot];

    public override void Fill(int slot) => _get(ref Slots[slot]);

    public override Delegate CreateGetter(Func<int> slot) => (ValueGetter<TValue>)((ref TValue value) => CopyTo(slot(), ref value));

    protected abstract void CopyTo(int slot, ref TValue value);
}
