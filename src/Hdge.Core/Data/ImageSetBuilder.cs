namespace Hdge.Data;

/// <summary>
/// Collects images that arrive one by one into an <see cref="ImageSet"/>. Floating-point rows are kept as bytes for as long as every value is
/// k/255 for a whole k (what images are), which takes a quarter of the memory; the first row that is not turns the store into floating point.
/// </summary>
/// <param name="shape">Shape of every image.</param>
/// <param name="asSingles">Keeps all rows as floating point: features may lie too near to a k/255 that they are not. Default false.</param>
public sealed class ImageSetBuilder(ImageShape shape, bool asSingles = false)
{
    private const float Tolerance = 1e-4f; // in units of 1/255: far above the rounding of k/255 in Single, far below a visible step

    private readonly List<int> _labels = [];
    private byte[]? _bytes = asSingles ? null : [];
    private float[]? _singles = asSingles ? [] : null;

    /// <summary>Shape of every image.</summary>
    public ImageShape Shape => shape;

    /// <summary>Images so far.</summary>
    public int Count => _labels.Count;

    /// <summary>Adds an image of bytes (0..255).</summary>
    /// <exception cref="ArgumentException">The length is not that of the shape.</exception>
    public void Add(ReadOnlySpan<byte> pixels, int label)
    {
        CheckLength(pixels.Length);
        int at = Count * shape.Length;
        if (_bytes is not null)
        {
            Grow(ref _bytes);
            pixels.CopyTo(_bytes.AsSpan(at));
        }
        else
        {
            Grow(ref _singles!);
            for (int i = 0; i < pixels.Length; i++)
                _singles[at + i] = pixels[i] / 255f;
        }
        _labels.Add(label);
    }

    /// <summary>Adds an image of floating-point values; <paramref name="scale"/> brings them to 0..1.</summary>
    /// <exception cref="ArgumentException">The length is not that of the shape, or a value is not finite.</exception>
    public void Add(ReadOnlySpan<float> pixels, int label, float scale = 1)
    {
        CheckLength(pixels.Length);
        int at = Count * shape.Length;
        if (_bytes is not null)
        {
            Grow(ref _bytes);
            if (!TryQuantise(pixels, scale, _bytes.AsSpan(at, shape.Length)))
            {
                _singles = new float[_bytes.Length];
                for (int i = 0; i < at; i++)
                    _singles[i] = _bytes[i] / 255f;
                _bytes = null;
            }
        }
        if (_bytes is null)
        {
            Grow(ref _singles!);
            for (int i = 0; i < pixels.Length; i++)
            {
                if (!float.IsFinite(pixels[i]))
                    throw new ArgumentException($"Value {i} of the image is {pixels[i]}, expected finite values.", nameof(pixels));
                _singles[at + i] = pixels[i] * scale;
            }
        }
        _labels.Add(label);
    }

    /// <summary>The images so far as a set of <paramref name="classCount"/> classes.</summary>
    public ImageSet Build(int classCount)
    {
        int values = Count * shape.Length;
        return _bytes is not null
            ? ImageSet.FromBytes(shape, _bytes.AsSpan(0, values).ToArray(), [.. _labels], classCount)
            : ImageSet.FromSingles(shape, _singles.AsSpan(0, values).ToArray(), [.. _labels], classCount);
    }

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
        if (length != shape.Length)
            throw new ArgumentException($"The image has {length} values, expected {shape.Length} ({shape}).");
        if ((long)(Count + 1) * shape.Length > Array.MaxLength)
            throw new InvalidOperationException($"{Count + 1} images of {shape} are more than one set can hold ({Array.MaxLength} values).");
    }

    private void Grow<T>(ref T[] store)
    {
        long needed = (long)(Count + 1) * shape.Length;
        if (store.Length < needed)
            Array.Resize(ref store, (int)Math.Min(Math.Max(needed, 2L * store.Length), Array.MaxLength));
    }
}
