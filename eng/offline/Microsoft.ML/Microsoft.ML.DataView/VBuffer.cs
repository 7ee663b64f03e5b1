using System.Collections;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public readonly partial struct VBuffer<T> : IEnumerable
{
    private readonly T[] _values;
    private readonly int[] _indices;
    private readonly int _count;

    public readonly int Length;

    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public bool IsDense => _count == Length;

    public VBuffer(int length, T[] values, int[] indices = null)
    {
        Guard.Argument(length >= 0, nameof(length));
        Guard.Argument((values?.Length ?? 0) >= length, nameof(values), "There are fewer values than the length says.");
        Length = length;
        _count = length;
        _values = values;
        _indices = indices;
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Guard.Argument(length >= 0, nameof(length));
        Guard.Argument(count >= 0 && count <= length, nameof(count));
        Guard.Argument((values?.Length ?? 0) >= count, nameof(values), "There are fewer values than the count says.");
        Guard.Argument(count == length || (indices?.Length ?? 0) >= count, nameof(indices), "There are fewer indices than the count says.");
        Length = length;
        _count = count;
        _values = values;
        _indices = indices;
    }

    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        var next = 0;
        for (var i = 0; i < _count; i++)
        {
            var slot = _count == Length ? i : _indices[i];
            for (; all && next < slot; next++)
                yield return new KeyValuePair<int, T>(next, default);
            yield return new KeyValuePair<int, T>(slot, _values[i]);
            next = slot + 1;
        }
        for (; all && next < Length; next++)
            yield return new KeyValuePair<int, T>(next, default);
    }

    public IEnumerable<T> DenseValues() => Items(all: true).Select(item => item.Value);

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        Guard.Argument(index >= 0 && index < Length, nameof(index));
        var at = IsDense ? index : _count == 0 ? -1 : Array.BinarySearch(_indices, 0, _count, index);
        return at >= 0 ? _values[at] : default;
    }

    public override string ToString()
        => IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";

    public IEnumerator GetEnumerator() => (_values ?? []).Take(_count).GetEnumerator();

    internal T[] ValuesArray => _values;

    internal int[] IndicesArray => _indices;
}
