namespace Hdge.Data;

/// <summary>
/// Labelled images in memory, all of one shape, channel first. Images are kept as bytes (0..255, meaning value / 255); only images that bytes
/// cannot express exactly are kept as <see cref="float"/>. Immutable, so it can be read from several threads.
/// </summary>
public sealed class ImageSet
{
    private readonly byte[]? _bytes;
    private readonly float[]? _singles;
    private readonly int[] _labels;
    private readonly float[] _weights = [];

    private ImageSet(ImageShape shape, byte[]? bytes, float[]? singles, int[] labels, int classCount)
    {
        long values = bytes?.LongLength ?? singles!.LongLength;
        if (values != (long)labels.Length * shape.Length)
            throw new ArgumentException($"{labels.Length} labels and images of {shape} need {(long)labels.Length * shape.Length} values, found {values}.");
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        for (int i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classCount)
                throw new ArgumentException($"The label of image {i} is {labels[i]}, expected 0..{classCount - 1}.", nameof(labels));
        (Shape, _bytes, _singles, _labels, ClassCount) = (shape, bytes, singles, labels, classCount);
    }

    /// <summary>Images as bytes: <paramref name="pixels"/> holds the images one after another. The arrays are not copied.</summary>
    /// <param name="shape">Shape of every image.</param>
    /// <param name="pixels">Count × <see cref="ImageShape.Length"/> values.</param>
    /// <param name="labels">One class an image, 0..<paramref name="classCount"/> − 1.</param>
    /// <param name="classCount">Number of classes, at least 1.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a label is out of range.</exception>
    public static ImageSet FromBytes(ImageShape shape, byte[] pixels, int[] labels, int classCount)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        return new ImageSet(shape, pixels, null, labels, classCount);
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
        return new ImageSet(shape, null, pixels, labels, classCount);
    }

    private ImageSet(ImageSet images, float[] weights)
    {
        (Shape, _bytes, _singles, _labels, ClassCount) = (images.Shape, images._bytes, images._singles, images._labels, images.ClassCount);
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

    /// <summary>True where the images are kept as bytes: then <see cref="Bytes"/> answers, else <see cref="Singles"/>.</summary>
    public bool IsBytes => _bytes is not null;

    /// <summary>The values of <paramref name="count"/> images from <paramref name="index"/> on, 0..255.</summary>
    /// <exception cref="InvalidOperationException">The images are kept as floating-point values.</exception>
    public ReadOnlySpan<byte> Bytes(int index, int count = 1) =>
        (_bytes ?? throw new InvalidOperationException("These images are kept as floating-point values.")).AsSpan(index * Shape.Length, count * Shape.Length);

    /// <summary>The values of <paramref name="count"/> images from <paramref name="index"/> on.</summary>
    /// <exception cref="InvalidOperationException">The images are kept as bytes.</exception>
    public ReadOnlySpan<float> Singles(int index, int count = 1) =>
        (_singles ?? throw new InvalidOperationException("These images are kept as bytes.")).AsSpan(index * Shape.Length, count * Shape.Length);

    /// <summary>One line: how many images, of which shape, in how many classes.</summary>
    public override string ToString() => $"{Count} images of {Shape} in {ClassCount} classes, as {(IsBytes ? "bytes" : "floating-point values")}";

    /// <summary>The images of the given <paramref name="indices"/>, in that order.</summary>
    public ImageSet Subset(ReadOnlySpan<int> indices)
    {
        int length = Shape.Length;
        var labels = new int[indices.Length];
        byte[]? bytes = _bytes is null ? null : new byte[(long)indices.Length * length];
        float[]? singles = _singles is null ? null : new float[(long)indices.Length * length];
        for (int i = 0; i < indices.Length; i++)
        {
            labels[i] = _labels[indices[i]];
            if (bytes is not null)
                Bytes(indices[i]).CopyTo(bytes.AsSpan(i * length));
            else
                Singles(indices[i]).CopyTo(singles.AsSpan(i * length));
        }
        var subset = new ImageSet(Shape, bytes, singles, labels, ClassCount);
        return _weights.Length == 0 ? subset : new ImageSet(subset, [.. indices.ToArray().Select(i => _weights[i])]);
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
}
