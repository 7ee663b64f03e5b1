namespace Hdge.Data;

/// <summary>Images in memory, in as many arrays as they need: no array is larger than it may be, and none is copied once it is full.</summary>
internal sealed class MemoryStore<T> : ImageStore<T> where T : unmanaged
{
    private const int ChunkValues = 1 << 26;

    private readonly List<T[]> _chunks = [];
    private readonly int _imagesPerChunk;

    public MemoryStore(int imageLength) : base(imageLength) => _imagesPerChunk = Math.Max(1, ChunkValues / imageLength);

    /// <summary>Images that lie in an array already. It is not copied.</summary>
    public MemoryStore(int imageLength, T[] images) : base(imageLength)
    {
        _chunks.Add(images);
        Count = images.Length / imageLength;
        _imagesPerChunk = Math.Max(1, Count);
    }

    public override bool IsOnDisk => false;

    public override void Add(ReadOnlySpan<T> image)
    {
        int at = Count % _imagesPerChunk;
        if (at == 0)
            _chunks.Add(new T[ImageLength]);
        T[] chunk = _chunks[^1];
        if (chunk.Length < (at + 1) * ImageLength)
        {
            Array.Resize(ref chunk, Math.Min(2 * at, _imagesPerChunk) * ImageLength);
            _chunks[^1] = chunk;
        }
        image.CopyTo(chunk.AsSpan(at * ImageLength, ImageLength));
        Count++;
    }

    public override ReadOnlySpan<T> Read(int index, Span<T> scratch)
    {
        Check(index, 1, Count);
        return _chunks[index / _imagesPerChunk].AsSpan(index % _imagesPerChunk * ImageLength, ImageLength);
    }

    public override bool TryGet(int index, int count, out ReadOnlySpan<T> images)
    {
        Check(index, count, Count);
        int at = index % _imagesPerChunk;
        bool isWhole = count == 0 || count <= _imagesPerChunk - at;
        images = isWhole && count > 0 ? _chunks[index / _imagesPerChunk].AsSpan(at * ImageLength, count * ImageLength) : [];
        return isWhole;
    }

    /// <summary>Full arrays are shared; what the last one holds is copied.</summary>
    public override ImageStore<T> Freeze()
    {
        var frozen = new MemoryStore<T>(ImageLength) { Count = Count };
        frozen._chunks.AddRange(_chunks);
        if (_chunks.Count > 0)
            frozen._chunks[^1] = _chunks[^1].AsSpan(0, (Count - (_chunks.Count - 1) * _imagesPerChunk) * ImageLength).ToArray();
        return frozen;
    }

    public override void Dispose()
    {
        // Memory goes by itself.
    }
}
