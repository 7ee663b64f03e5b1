using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public static class VBufferEditor
{
    public static VBufferEditor<T> CreateFromBuffer<T>(scoped ref VBuffer<T> destination)
        => Create(ref destination, destination.Length, destination.GetValues().Length, keepOldOnResize: true);

    public static VBufferEditor<T> Create<T>(
        scoped ref VBuffer<T> destination,
        int newLogicalLength,
        int? valuesCount = null,
        int? maxValuesCapacity = null,
        bool keepOldOnResize = false,
        bool requireIndicesOnDense = false)
    {
        Guard.Argument(newLogicalLength >= 0, nameof(newLogicalLength), "The length must not be negative.");
        var count = valuesCount ?? newLogicalLength;
        Guard.Argument(count >= 0 && count <= newLogicalLength, nameof(valuesCount), "The count must be from 0 to the length.");

        var capacity = maxValuesCapacity ?? Array.MaxLength;
        var values = Grow(destination.ValuesArray, count, capacity, keepOldOnResize);
        var withIndices = count < newLogicalLength || requireIndicesOnDense;
        var indices = withIndices ? Grow(destination.IndicesArray, count, capacity, keepOldOnResize) : destination.IndicesArray;
        return new VBufferEditor<T>(
            newLogicalLength, count, values, indices, withIndices,
            values != destination.ValuesArray, indices != destination.IndicesArray);
    }

    // Grows by half at least, so that filling slot after slot stays cheap.
    private static TItem[] Grow<TItem>(TItem[] old, int count, int capacity, bool keep)
    {
        var have = old?.Length ?? 0;
        if (have >= count)
            return old ?? [];
        var size = (int)Math.Min(Math.Max(count, keep ? have + have / 2L : 0), Math.Max(capacity, count));
        var grown = new TItem[size];
        if (keep && old != null)
            Array.Copy(old, grown, have);
        return grown;
    }
}

public readonly ref struct VBufferEditor<T>
{
    private readonly int _logicalLength;
    private readonly T[] _values;
    private readonly int[] _indices;

    public readonly Span<T> Values;

    public readonly Span<int> Indices;

    public bool CreatedNewValues { get; }

    public bool CreatedNewIndices { get; }

    internal VBufferEditor(int logicalLength, int count, T[] values, int[] indices, bool withIndices, bool createdNewValues, bool createdNewIndices)
    {
        _logicalLength = logicalLength;
        _values = values;
        _indices = indices;
        Values = values.AsSpan(0, count);
        Indices = withIndices ? indices.AsSpan(0, count) : default;
        CreatedNewValues = createdNewValues;
        CreatedNewIndices = createdNewIndices;
    }

    public VBuffer<T> Commit() => new(_logicalLength, Values.Length, _values, _indices);

    public VBuffer<T> CommitTruncated(int physicalValuesCount)
    {
        Guard.Argument(physicalValuesCount <= Values.Length, nameof(physicalValuesCount), "The count is larger than the one that the editor was made for.");
        return new VBuffer<T>(_logicalLength, physicalValuesCount, _values, _indices);
    }
}
