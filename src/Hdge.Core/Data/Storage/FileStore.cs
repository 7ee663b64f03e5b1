using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hdge.Data;

/// <summary>
/// Images in a file, read by position. (Not mapped into memory: pages that were looked at would count as the process's own memory until the system takes them back, and a disk that fails
/// under a mapped page ends the process, where a read throws. The system's page cache keeps what fits either way.)
/// </summary>
internal sealed class FileStore<T>(int imageLength, CacheFile file) : ImageStore<T>(imageLength) where T : unmanaged
{
    private long ImageBytes => (long)ImageLength * Unsafe.SizeOf<T>();

    public override bool IsOnDisk => true;

    public override void Add(ReadOnlySpan<T> image)
    {
        file.Write(MemoryMarshal.AsBytes(image), Count * ImageBytes, Count);
        Count++;
    }

    public override ReadOnlySpan<T> Read(int index, Span<T> scratch)
    {
        Check(index, 1, Count);
        var image = scratch[..ImageLength];
        file.Read(MemoryMarshal.AsBytes(image), index * ImageBytes);
        return image;
    }

    public override bool TryGet(int index, int count, out ReadOnlySpan<T> images)
    {
        images = [];
        return count == 0;
    }

    public override ImageStore<T> Freeze() => this;

    public override void Dispose() => file.Dispose();
}
