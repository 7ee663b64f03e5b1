using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public readonly partial struct VBuffer<T>
{
    public void CopyToDense(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Guard.Argument(sourceIndex >= 0 && sourceIndex <= Length, nameof(sourceIndex));
        Guard.Argument(length >= 0 && sourceIndex <= Length - length, nameof(length));

        var first = IsDense ? sourceIndex : FirstAtOrAfter(sourceIndex);
        var count = IsDense ? length : FirstAtOrAfter(sourceIndex + length) - first;
        var editor = VBufferEditor.Create(ref destination, length, count);
        _values.AsSpan(first, count).CopyTo(editor.Values);
        for (var i = 0; i < editor.Indices.Length; i++)
            editor.Indices[i] = _indices[first + i] - sourceIndex;
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Guard.Argument(destinationIndex >= 0 && destinationIndex <= destination.Length - Length, nameof(destination), "The destination is too small for these values.");
        var target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }
        // ML.NET ignores the default value for a vector without explicit values; so do we.
        target.Fill(_count == 0 ? default : defaultValue);
        for (var i = 0; i < _count; i++)
            target[_indices[i]] = _values[i];
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        var size = source?.Length ?? 0;
        Guard.Argument(length >= 0 && length <= size, nameof(length));
        Guard.Argument(sourceIndex >= 0 && sourceIndex <= size - length, nameof(sourceIndex));
        var editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    private int FirstAtOrAfter(int slot)
    {
        if (_count == 0)
            return 0;
        var at = Array.BinarySearch(_indices, 0, _count, slot);
        return at >= 0 ? at : ~at;
    }
}
