namespace Hdge.Data;

/// <summary>
/// Labelled images, all of one shape, channel first, in memory or in a file of this process's. Images are kept as bytes (0..255, meaning value / 255); only images that bytes
/// cannot express exactly are kept as <see cref="float"/>. Immutable, so it can be read from several threads.
/// </summary>
public sealed class ImageSet : IDisposable
{
    private readonly ImageStore<byte>? _bytes;
    private readonly ImageStore<float>? _singles;
    private readonly int[]? _rows; // where the images are in the store; null where they are all of it, in order
    private readonly int[] _labels;
    private readonly float[] _weights = [];

    private ImageSet(ImageShape shape, ImageStore<byte>? bytes, ImageStore<float>? singles, int[]? rows, int[] labels, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        for (int i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classCount)
                throw new ArgumentException($"The label of image {i} is {labels[i]}, expected 0..{classCount - 1}.", nameof(labels));
        (Shape, _bytes, _singles, _rows, _labels, ClassCount) = (shape, bytes, singles, rows, labels, classCount);
    }

    /// <summary>Images as bytes: <paramref name="pixels"/> holds the images one after another. The arrays are not copied. See <see cref="ImageSetBuilder"/> for more than an array can hold.</summary>
    /// <param name="shape">Shape of every image.</param>
    /// <param name="pixels">Count × <see cref="ImageShape.Length"/> values.</param>
    /// <param name="labels">One class an image, 0..<paramref name="classCount"/> − 1.</param>
    /// <param name="classCount">Number of classes, at least 1.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a label is out of range.</exception>
    public static ImageSet FromBytes(ImageShape shape, byte[] pixels, int[] labels, int classCount)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        CheckLength(shape, pixels.LongLength, labels.Length);
        return new ImageSet(shape, new MemoryStore<byte>(shape.Length, pixels), null, null, labels, classCount);
    }

    /// <summary>Images as floating-point values, nominally 0..1. The arrays are not copied. See <see cref="ImageSetBuilder"/> for rows that come one by one.</summary>
    /// <inheritdoc cref="FromBytes"/>
    public static ImageSet FromSingles(ImageShape shape, float[] pixels, int[] labels, int classCount)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        for (int i = 0; i < pixels.Length; i++)
            if (!float.IsFinite(pixels[i]))
                throw new ArgumentException($"Image {i / shape.Length} holds {pixels[i]}, expected finite values.", nameof(pixels));
        CheckLength(shape, pixels.LongLength, labels.Length);
        return new ImageSet(shape, null, new MemoryStore<float>(shape.Length, pixels), null, labels, classCount);
    }

    internal static ImageSet Of(ImageShape shape, ImageStore<byte> bytes, int[] labels, int classCount) => new(shape, bytes, null, null, labels, classCount);

    internal static ImageSet Of(ImageShape shape, ImageStore<float> singles, int[] labels, int classCount) => new(shape, null, singles, null, labels, classCount);

    private ImageSet(ImageSet images, float[] weights)
    {
        (Shape, _bytes, _singles, _rows, _labels, ClassCount) = (images.Shape, images._bytes, images._singles, images._rows, images._labels, images.ClassCount);
        _weights = weights;
    }

    /// <summary>The same images with weights: how much each counts in training, relative to the others. Nothing is copied.</summary>
    /// <param name="weights">One an image, finite and above 0; none takes the weights away. Leave out what is not to count at all.</param>
    /// <exception cref="ArgumentException">There are not as many as images, or one is out of range.</exception>
    public ImageSet WithWeights(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length != 0 && weights.Length != Count)
            throw new ArgumentException($"There are {weights.Length} weights for {Count} images, expected one an image.", nameof(weights));
        int wrong = Array.FindIndex(weights, weight => !(weight > 0 && float.IsFinite(weight)));
        if (wrong >= 0)
            throw new ArgumentException(FormattableString.Invariant($"The weight of image {wrong} is {weights[wrong]}, expected a finite number above 0: leave out what is not to count."), nameof(weights));
        return new ImageSet(this, weights);
    }

    /// <summary>A view of the same images without weights, all of the first of two classes.</summary>
    internal ImageSet WithoutLabels() => new(Shape, _bytes, _singles, _rows ?? [.. Enumerable.Range(0, Count)], new int[Count], 2);

    /// <summary>Shape of every image.</summary>
    public ImageShape Shape { get; }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of classes that labels may name.</summary>
    public int ClassCount { get; }

    /// <summary>The class of each image, 0-based.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>How much each image counts in training, relative to the others (<see cref="WithWeights"/>); empty where all count alike.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>True where the images are kept as bytes: then <see cref="Bytes(int, int)"/> answers, else <see cref="Singles(int, int)"/>.</summary>
    public bool IsBytes => _bytes is not null;

    /// <summary>Whether the images lie in a file and not in memory.</summary>
    public bool IsOnDisk => _bytes?.IsOnDisk ?? _singles!.IsOnDisk;

    /// <summary>The values of <paramref name="count"/> images from <paramref name="index"/> on, 0..255: in place where they lie side by side in memory, else a copy.</summary>
    /// <exception cref="InvalidOperationException">The images are kept as floating-point values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many images, or they have more values than an array can hold.</exception>
    public ReadOnlySpan<byte> Bytes(int index, int count = 1)
    {
        byte[] room = [];
        return Get(ByteStore, index, count, ref room);
    }

    /// <summary>The values of <paramref name="count"/> images from <paramref name="index"/> on: in place where they lie side by side in memory, else a copy.</summary>
    /// <exception cref="InvalidOperationException">The images are kept as bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many images, or they have more values than an array can hold.</exception>
    public ReadOnlySpan<float> Singles(int index, int count = 1)
    {
        float[] room = [];
        return Get(SingleStore, index, count, ref room);
    }

    /// <summary>As <see cref="Bytes(int, int)"/>, without allocating: a copy goes to the front of <paramref name="room"/>, grown where it is too small.</summary>
    internal ReadOnlySpan<byte> Bytes(int index, int count, scoped ref byte[] room) => Get(ByteStore, index, count, ref room);

    /// <summary>As <see cref="Singles(int, int)"/>, without allocating: a copy goes to the front of <paramref name="room"/>, grown where it is too small.</summary>
    internal ReadOnlySpan<float> Singles(int index, int count, scoped ref float[] room) => Get(SingleStore, index, count, ref room);

    /// <summary>One line: how many images, of which shape, in how many classes.</summary>
    public override string ToString() => $"{Count} images of {Shape} in {ClassCount} classes, as {(IsBytes ? "bytes" : "floating-point values")}{(IsOnDisk ? " on disk" : "")}";

    /// <summary>The images of the given <paramref name="indices"/>, in that order: a view, which copies no image and belongs to this set.</summary>
    public ImageSet Subset(ReadOnlySpan<int> indices)
    {
        var labels = new int[indices.Length];
        var rows = new int[indices.Length];
        for (int i = 0; i < indices.Length; i++)
            (labels[i], rows[i]) = (_labels[indices[i]], _rows is null ? indices[i] : _rows[indices[i]]);
        var subset = new ImageSet(Shape, _bytes, _singles, rows, labels, ClassCount);
        return _weights.Length == 0 ? subset : new ImageSet(subset, [.. indices.ToArray().Select(i => _weights[i])]);
    }

    /// <summary>Gives back the file in which the images lie, if they do; it cannot be read afterwards, nor can what was split off from it. Nothing to do for images in memory.</summary>
    public void Dispose()
    {
        if (_rows is not null)
            return; // a view
        _bytes?.Dispose();
        _singles?.Dispose();
    }

    /// <summary>The first <paramref name="count"/> images, or all when there are fewer.</summary>
    public ImageSet Take(int count) => count >= Count ? this : Subset(Enumerable.Range(0, count).ToArray());

    /// <summary>
    /// Splits off a part for validation: of each class its share, rounded so that the shares add up to that of the whole set (the largest remainders are rounded up; of equal ones the
    /// seed decides). A class never gives all its images, and where less than half an image would be held out in all none is. The same seed gives the same split.
    /// </summary>
    /// <param name="heldOutFraction">Share of each class to hold out, 0 ≤ f &lt; 1.</param>
    /// <param name="seed">Seed of the choice.</param>
    public (ImageSet Train, ImageSet HeldOut) Split(double heldOutFraction, int seed)
    {
        int[] quota = Quotas(heldOutFraction, seed);
        int[] order = Enumerable.Range(0, Count).ToArray();
        new Random(seed).Shuffle(order);
        var (train, heldOut) = (new List<int>(Count), new List<int>());
        foreach (int i in order)
            (quota[_labels[i]]-- > 0 ? heldOut : train).Add(i);
        return (Subset(train.ToArray()), Subset(heldOut.ToArray()));
    }

    /// <summary>How many images <see cref="Split"/> holds out, whatever the seed.</summary>
    /// <param name="heldOutFraction">Share of each class to hold out, 0 ≤ f &lt; 1.</param>
    public int HeldOutCount(double heldOutFraction) => Quotas(heldOutFraction, 0).Sum();

    /// <summary>Images of each class to hold out, by the method of largest remainders.</summary>
    private int[] Quotas(double fraction, int seed)
    {
        if (!(fraction >= 0 && fraction < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), $"The held-out fraction is {fraction}, expected 0 to below 1.");
        var sizes = new int[ClassCount];
        foreach (int label in _labels)
            sizes[label]++;
        // What double precision adds to a share that is whole does not count.
        int[] quotas = [.. sizes.Select(n => (int)Math.Min(n * fraction + 1e-9, Math.Max(n - 1, 0)))];
        int missing = (int)Math.Round(sizes.Where(n => n > 1).Sum() * fraction, MidpointRounding.AwayFromZero) - quotas.Sum();
        int[] classes = [.. Enumerable.Range(0, ClassCount)];
        new Random(Seeds.Mix(seed, SeedStream.Remainders)).Shuffle(classes);
        foreach (int c in classes.OrderByDescending(c => Math.Round(sizes[c] * fraction - quotas[c], 9)).Where(c => quotas[c] < sizes[c] - 1))
            if (missing-- > 0)
                quotas[c]++;
        return quotas;
    }

    private ImageStore<byte> ByteStore => _bytes ?? throw new InvalidOperationException("These images are kept as floating-point values.");

    private ImageStore<float> SingleStore => _singles ?? throw new InvalidOperationException("These images are kept as bytes.");

    private ReadOnlySpan<T> Get<T>(ImageStore<T> store, int index, int count, scoped ref T[] room) where T : unmanaged
    {
        if (index < 0 || count < 0 || index > Count - count || (long)count * Shape.Length > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(index), $"{count} images from {index} on were asked for, expected a part of {Count}, and at most {Array.MaxLength / Shape.Length} at once.");
        if (IsOneRun(index, count) && store.TryGet(count == 0 ? 0 : Row(index), count, out var images))
            return images;
        if (room.Length < count * Shape.Length)
            room = new T[count * Shape.Length];
        for (int i = 0; i < count; i++)
        {
            var into = room.AsSpan(i * Shape.Length, Shape.Length);
            var image = store.Read(Row(index + i), into);
            if (!store.IsOnDisk)
                image.CopyTo(into);
        }
        return room.AsSpan(0, count * Shape.Length);
    }

    private int Row(int index) => _rows is null ? index : _rows[index];

    private bool IsOneRun(int index, int count)
    {
        if (_rows is not null)
            for (int i = 1; i < count; i++)
                if (_rows[index + i] != _rows[index] + i)
                    return false;
        return true;
    }

    private static void CheckLength(ImageShape shape, long values, int labels)
    {
        if (values != (long)labels * shape.Length)
            throw new ArgumentException($"{labels} labels and images of {shape} need {(long)labels * shape.Length} values, found {values}.");
    }
}
