using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Values of one column for a number of rows, read from a cursor and given back by slot.</summary>
internal abstract class ColumnBuffer
{
    public static ColumnBuffer Create(DataViewType type)
        => (ColumnBuffer)Activator.CreateInstance(typeof(ColumnBuffer<>).MakeGenericType(type.RawType));

    /// <summary>Whether a copy of a value stays good by itself; an image, say, belongs to whoever made it.</summary>
    public static bool CanHold(DataViewType type) => type.GetItemType() is PrimitiveDataViewType;

    public abstract void Bind(DataViewRow row, int column);

    /// <summary>Stores the bound row's present value.</summary>
    public abstract void Load(int slot);

    public abstract Delegate GetterFor(Func<int> slot);
}

internal sealed class ColumnBuffer<T> : ColumnBuffer
{
    private T[] _values = [];
    private ValueGetter<T> _source;

    public override void Bind(DataViewRow row, int column) => _source = row.GetGetter<T>(row.Schema[column]);

    public override void Load(int slot)
    {
        if (slot >= _values.Length)
            Array.Resize(ref _values, Math.Max(slot + 1, Math.Max(16, _values.Length * 2)));
        _source(ref _values[slot]);
    }

    public void Read(int slot, ref T destination) => ValueCopier<T>.Copy(in _values[slot], ref destination);

    public override Delegate GetterFor(Func<int> slot)
        => (ValueGetter<T>)((ref T dst) => Read(slot(), ref dst));
}
