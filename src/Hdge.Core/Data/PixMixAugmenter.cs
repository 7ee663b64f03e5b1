using System.Buffers;

namespace Hdge.Data;

/// <summary>Another augmenter, then PixMix; the images of a batch on all cores, each with random numbers of its own, so that the result does not depend on them.</summary>
internal sealed class PixMixAugmenter : IBatchAugmenter
{
    private const float Tolerance = 1e-3f; // rounding of the scaling to 0..1
    private const float SmallestFactor = 1e-37f;

    private readonly IBatchAugmenter _inner;
    private readonly ImageShape _shape;
    private readonly PixMixOptions _options;
    private readonly (float Multiplier, float Offset)[] _affine;
    private readonly byte[][] _pictures;

    public PixMixAugmenter(IBatchAugmenter inner, ImageSet images, PixelScaling scaling, PixMixOptions options, int seed)
    {
        (_inner, _shape, _options) = (inner, images.Shape, options);
        if (!images.IsBytes)
            CheckRange(images);
        _affine = [.. Enumerable.Range(0, _shape.Channels).Select(scaling.ForUnitSingles)];
        _pictures = MadePictures.Of(_shape, options.Pictures, Seeds.Mix(seed, SeedStream.PixMix));
    }

    public void Fill(Span<float> into, ReadOnlySpan<int> indices, int epoch, Random random)
    {
        int seed = random.Next(), length = _shape.Length, count = indices.Length;
        _inner.Fill(into, indices, epoch, random);
        float[] values = ArrayPool<float>.Shared.Rent(count * length); // a span cannot go to other threads
        into[..(count * length)].CopyTo(values);
        Parallel.For(0, count, i =>
        {
            float[] work = ArrayPool<float>.Shared.Rent(2 * length);
            Mix(values.AsSpan(i * length, length), work, new Random(Seeds.Mix(seed, SeedStream.PixMix, i)));
            ArrayPool<float>.Shared.Return(work);
        });
        values.AsSpan(0, count * length).CopyTo(into);
        ArrayPool<float>.Shared.Return(values);
    }

    private void Mix(Span<float> image, Span<float> work, Random random)
    {
        int length = _shape.Length;
        Span<float> original = work[..length], other = work.Slice(length, length);
        ToUnit(image, original);
        original.CopyTo(image);
        if (random.Next(2) == 0)
            PixelChanges.Apply(original, image, _shape, _options.Severity, random);
        int rounds = random.Next(_options.MostRounds + 1);
        for (int round = 0; round < rounds; round++)
        {
            if (random.Next(2) == 0)
                PixelChanges.Apply(original, other, _shape, _options.Severity, random);
            else
                Unpack(_pictures[random.Next(_pictures.Length)], other);
            var (a, b) = Weights(random);
            if (random.Next(2) == 0)
                Add(image, other, a, b);
            else
                Multiply(image, other, a, b);
        }
        FromUnit(image);
    }

    /// <summary>a·(2x − 1) + b·(2o − 1), back in 0..1.</summary>
    internal static void Add(Span<float> image, ReadOnlySpan<float> other, float a, float b)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] = Math.Clamp((a * (2 * image[i] - 1) + b * (2 * other[i] - 1) + 1) / 2, 0, 1);
    }

    /// <summary>(2x)^a · (2o)^b / 2, clipped to 0..1.</summary>
    internal static void Multiply(Span<float> image, ReadOnlySpan<float> other, float a, float b)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] = Math.Clamp(MathF.Pow(2 * image[i], a) * MathF.Pow(Math.Max(2 * other[i], SmallestFactor), b) / 2, 0, 1);
    }

    // Beta(β, 1) is u^(1/β), Beta(1, β) one less that.
    private (float A, float B) Weights(Random random)
    {
        double power = 1 / _options.Beta;
        return random.Next(2) == 0
            ? ((float)Math.Pow(random.NextDouble(), power), (float)(1 - Math.Pow(random.NextDouble(), power)))
            : ((float)(2 - Math.Pow(random.NextDouble(), power)), (float)(Math.Pow(random.NextDouble(), power) - 1));
    }

    private void ToUnit(ReadOnlySpan<float> image, Span<float> into)
    {
        int plane = _shape.Height * _shape.Width;
        for (int c = 0; c < _shape.Channels; c++)
            for (int i = c * plane; i < (c + 1) * plane; i++)
                into[i] = Math.Clamp((image[i] - _affine[c].Offset) / _affine[c].Multiplier, 0, 1);
    }

    private void FromUnit(Span<float> image)
    {
        int plane = _shape.Height * _shape.Width;
        for (int c = 0; c < _shape.Channels; c++)
            foreach (ref float value in image.Slice(c * plane, plane))
                value = value * _affine[c].Multiplier + _affine[c].Offset;
    }

    private static void Unpack(byte[] picture, Span<float> into)
    {
        for (int i = 0; i < picture.Length; i++)
            into[i] = picture[i] / 255f;
    }

    private static void CheckRange(ImageSet images)
    {
        for (int i = 0; i < images.Count; i++)
            foreach (float value in images.Singles(i))
                if (value < -Tolerance || value > 1 + Tolerance)
                    throw new ArgumentException($"Image {i} holds {value}; {nameof(AugmentationOptions.PixMix)} needs values of 0..1 (see {nameof(PixelScaling)}.{nameof(PixelScaling.Scale)}).");
    }
}
