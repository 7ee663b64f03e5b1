using System.Runtime.CompilerServices;

namespace Hdge.Data;

/// <summary>
/// Collects images that arrive one by one into an <see cref="ImageSet"/>. Floating-point rows are kept as bytes for as long as every value is
/// k/255 for a whole k (what images are), which takes a quarter of the memory; the first row that is not turns the store into floating point.
/// </summary>
public sealed class ImageSetBuilder : IDisposable
{
    private const float Tolerance = 1e-4f; // in units of 1/255: far above the rounding of k/255 in Single, far below a visible step

    private readonly List<int> _labels = [];
    private readonly ImageCacheOptions _cache;
    private readonly int _expected;
    private readonly long _mostMemory;
    private ImageStore<byte>? _bytes;
    private ImageStore<float>? _singles;
    private byte[] _levels = [];
    private float[] _values = [];
    private bool _isHandedOver;

    /// <summary>A builder of images of one shape.</summary>
    /// <param name="shape">Shape of every image.</param>
    /// <param name="asSingles">Keeps all rows as floating point: features may lie too near to a k/255 that they are not. Default false.</param>
    /// <param name="cache">Where the images are kept. Default null: in memory.</param>
    /// <param name="expectedCount">How many images will come, where that is known: whether they fit is then told at once. Default 0: unknown.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The images are to be kept in a file, and there is no room for so many, or it cannot be written.</exception>
    public ImageSetBuilder(ImageShape shape, bool asSingles = false, ImageCacheOptions? cache = null, int expectedCount = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedCount);
        (Shape, _cache, _expected) = (shape, cache ?? new() { Kind = ImageCache.Memory }, expectedCount);
        _cache.Validate();
        _mostMemory = _cache.MostMemoryOrDefault;
        if (asSingles)
            _singles = Create<float>();
        else
            _bytes = Create<byte>();
    }

    /// <summary>Shape of every image.</summary>
    public ImageShape Shape { get; }

    /// <summary>Images so far.</summary>
    public int Count => _labels.Count;

    /// <summary>Adds an image of bytes (0..255).</summary>
    /// <exception cref="ArgumentException">The length is not that of the shape.</exception>
    /// <exception cref="IOException">The file cannot take it: the disk is full, or a limit is reached.</exception>
    public void Add(ReadOnlySpan<byte> pixels, int label)
    {
        CheckLength(pixels.Length);
        if (_bytes is not null)
            Keep(ref _bytes, pixels);
        else
            Keep(ref _singles!, Values(pixels));
        _labels.Add(label);
    }

    /// <summary>Adds an image of floating-point values; <paramref name="scale"/> brings them to 0..1.</summary>
    /// <exception cref="ArgumentException">The length is not that of the shape, or a value is not finite.</exception>
    /// <exception cref="IOException">The file cannot take it: the disk is full, or a limit is reached.</exception>
    public void Add(ReadOnlySpan<float> pixels, int label, float scale = 1)
    {
        CheckLength(pixels.Length);
        for (int i = 0; i < pixels.Length; i++)
            if (!float.IsFinite(pixels[i]))
                throw new ArgumentException($"Value {i} of the image is {pixels[i]}, expected finite values.", nameof(pixels));
        if (_bytes is not null)
        {
            if (TryQuantise(pixels, scale, Room(ref _levels)))
                Keep(ref _bytes, _levels);
            else
                TurnToSingles();
        }
        if (_singles is not null)
        {
            var values = Room(ref _values);
            for (int i = 0; i < pixels.Length; i++)
                values[i] = pixels[i] * scale;
            Keep(ref _singles, values);
        }
        _labels.Add(label);
    }

    /// <summary>The images so far as a set of <paramref name="classCount"/> classes. Where they are on disk the set takes the file over, and nothing can be added afterwards.</summary>
    /// <exception cref="ArgumentException">A label is out of range.</exception>
    /// <exception cref="InvalidOperationException">The file was handed over before.</exception>
    public ImageSet Build(int classCount)
    {
        ThrowIfHandedOver();
        var set = _bytes is not null ? ImageSet.Of(Shape, _bytes.Freeze(), [.. _labels], classCount) : ImageSet.Of(Shape, _singles!.Freeze(), [.. _labels], classCount);
        _isHandedOver = set.IsOnDisk;
        return set;
    }

    /// <summary>Gives back what was collected, unless <see cref="Build"/> handed it over.</summary>
    public void Dispose()
    {
        if (_isHandedOver)
            return;
        _bytes?.Dispose();
        _singles?.Dispose();
    }

    private ImageStore<T> Create<T>() where T : unmanaged
    {
        long bytes = (long)_expected * Shape.Length * Unsafe.SizeOf<T>();
        return _cache.Kind == ImageCache.Disk || (_cache.Kind == ImageCache.Auto && bytes > _mostMemory) ? OnDisk<T>(bytes) : new MemoryStore<T>(Shape.Length);
    }

    private FileStore<T> OnDisk<T>(long expectedBytes) where T : unmanaged => new(Shape.Length, new CacheFile(_cache, expectedBytes));

    private void Keep<T>(ref ImageStore<T> store, ReadOnlySpan<T> image) where T : unmanaged
    {
        if (_cache.Kind == ImageCache.Auto && !store.IsOnDisk && (store.Count + 1L) * Shape.Length * Unsafe.SizeOf<T>() > _mostMemory)
            Move(ref store, OnDisk<T>(Math.Max(_expected, store.Count + 1L) * Shape.Length * Unsafe.SizeOf<T>()));
        store.Add(image);
    }

    private static void Move<T>(ref ImageStore<T> from, ImageStore<T> to) where T : unmanaged
    {
        try
        {
            for (int i = 0; i < from.Count; i++)
                to.Add(from.Read(i, []));
        }
        catch
        {
            to.Dispose();
            throw;
        }
        from.Dispose();
        from = to;
    }

    private void TurnToSingles()
    {
        var singles = Create<float>();
        try
        {
            for (int i = 0; i < _bytes!.Count; i++)
                Keep(ref singles, Values(_bytes.Read(i, Room(ref _levels))));
        }
        catch
        {
            singles.Dispose();
            throw;
        }
        _bytes.Dispose();
        (_bytes, _singles) = (null, singles);
    }

    private float[] Values(ReadOnlySpan<byte> pixels)
    {
        var values = Room(ref _values);
        for (int i = 0; i < pixels.Length; i++)
            values[i] = pixels[i] / 255f;
        return values;
    }

    private T[] Room<T>(ref T[] room) => room.Length > 0 ? room : room = new T[Shape.Length];

    private static bool TryQuantise(ReadOnlySpan<float> pixels, float scale, Span<byte> into)
    {
        float factor = scale * 255f;
        for (int i = 0; i < pixels.Length; i++)
        {
            float level = pixels[i] * factor, whole = MathF.Round(level);
            if (!(MathF.Abs(level - whole) <= Tolerance && whole >= 0 && whole <= 255))
                return false;
            into[i] = (byte)whole;
        }
        return true;
    }

    private void CheckLength(int length)
    {
        ThrowIfHandedOver();
        if (length != Shape.Length)
            throw new ArgumentException($"The image has {length} values, expected {Shape.Length} ({Shape}).");
    }

    private void ThrowIfHandedOver()
    {
        if (_isHandedOver)
            throw new InvalidOperationException($"{nameof(Build)} has handed the file of images over: nothing can be added, and no second set be made.");
    }
}
