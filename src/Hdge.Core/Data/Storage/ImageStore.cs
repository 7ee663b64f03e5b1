namespace Hdge.Data;

/// <summary>Where the values of images lie, one image after another: in memory or in a file. Images are added by one thread, and then read by any number of them.</summary>
/// <param name="imageLength">Values of an image.</param>
internal abstract class ImageStore<T>(int imageLength) : IDisposable where T : unmanaged
{
    /// <summary>Values of an image.</summary>
    public int ImageLength => imageLength;

    /// <summary>Images so far.</summary>
    public int Count { get; protected set; }

    /// <summary>Whether the images lie in a file.</summary>
    public abstract bool IsOnDisk { get; }

    /// <summary>Appends an image.</summary>
    /// <exception cref="IOException">The file cannot take it.</exception>
    public abstract void Add(ReadOnlySpan<T> image);

    /// <summary>The values of an image: where they lie in memory, else read into <paramref name="scratch"/>.</summary>
    /// <param name="index">0..<see cref="Count"/> − 1.</param>
    /// <param name="scratch">Room for an image where <see cref="IsOnDisk"/>; may be empty otherwise.</param>
    public abstract ReadOnlySpan<T> Read(int index, Span<T> scratch);

    /// <summary>Some images in a row, where they lie in one piece in memory.</summary>
    public abstract bool TryGet(int index, int count, out ReadOnlySpan<T> images);

    /// <summary>The images so far, which later ones do not reach; itself where it can take no more then.</summary>
    public abstract ImageStore<T> Freeze();

    public abstract void Dispose();

    protected static void Check(int index, int count, int of)
    {
        if (index < 0 || count < 0 || index > of - count)
            throw new ArgumentOutOfRangeException(nameof(index), $"Images {index} to {index + count - 1} were asked for, expected 0 to {of - 1}.");
    }
}
