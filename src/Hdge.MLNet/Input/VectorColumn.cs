using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>The values of a vector column, collected row after row.</summary>
internal sealed class VectorColumn<T>(DataViewSchema.Column column, int size)
{
    private readonly List<T> _values = [];
    private VBuffer<T> _buffer;

    public DataViewSchema.Column Column => column;

    public ReadOnlySpan<T> Values => CollectionsMarshal.AsSpan(_values);

    /// <summary>One row's values.</summary>
    public ReadOnlySpan<T> Row(int index) => Values.Slice(index * size, size);

    /// <summary>Takes the value at the cursor's position.</summary>
    /// <exception cref="InvalidDataException">It has another length than its type says.</exception>
    public ReadOnlySpan<T> Add(ValueGetter<VBuffer<T>> getter, long position)
    {
        getter(ref _buffer);
        if (_buffer.Length != size)
            throw new InvalidDataException(InputMessages.ScoreLength(column.Name, position, _buffer.Length, size));
        int start = _values.Count;
        CollectionsMarshal.SetCount(_values, start + size);
        Span<T> row = CollectionsMarshal.AsSpan(_values)[start..];
        _buffer.CopyTo(row);
        return row;
    }
}
