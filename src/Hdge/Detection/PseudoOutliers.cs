using Hdge.Data;

namespace Hdge.Detection;

/// <summary>
/// Distorted held-out images that stand in for unknown ones where none are given: each kind breaks something else (layout, class, orientation, polarity, detail,
/// smoothness) and keeps the rest. A score is not told which. Vectors of features are mixed, or shuffled feature by feature.
/// </summary>
internal static class PseudoOutliers
{
    /// <summary>The kind of features that are each another row's.</summary>
    public const string ShuffledKind = "shuffled";

    private const int Grid = 4;             // patches a side of the jigsaw
    private const double NoiseShare = 0.5;  // deviation of the noise as a share of the range of values

    /// <summary>A kind of outliers, which are made when they are asked for.</summary>
    public readonly record struct OutlierKind(string Kind, Func<ImageSet> Make)
    {
        public ImageSet Images => Make();
    }

    /// <summary>One set a kind, each as large as <paramref name="heldOut"/>; their labels mean nothing.</summary>
    /// <param name="heldOut">At least one image.</param>
    /// <param name="seed">Equal seeds give equal images.</param>
    public static IReadOnlyList<OutlierKind> Of(ImageSet heldOut, int seed)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentOutOfRangeException.ThrowIfZero(heldOut.Count);
        float[] values = heldOut.UnitValues();
        var shape = heldOut.Shape;
        float low = values.Min(), high = values.Max();
        if (shape.IsVector)
            return [new("mixed", Each(2, Mixed)), new(ShuffledKind, Each(7, Shuffled))];
        return
        [
            new("jigsaw", Each(1, (image, into, random) => Jigsaw(image, into, shape, random))),
            new("mixed", Each(2, Mixed)),
            new("rotated", Each(3, (image, into, _) => Rotated(image, into, shape))),
            new("inverted", Each(4, (image, into, _) => Inverted(image, into))),
            new("noisy", Each(5, Noisy)),
            new("blurred", Each(6, (image, into, _) => Blurred(image, into, shape))),
        ];

        Func<ImageSet> Each(int kind, Change change) => () =>
        {
            var random = new Random(Seeds.Mix(seed, kind));
            var changed = new float[values.Length];
            for (int i = 0; i < heldOut.Count; i++)
                change(i, changed.AsSpan(i * shape.Length, shape.Length), random);
            return ImageSet.FromSingles(shape, changed, new int[heldOut.Count], heldOut.ClassCount);
        };

        ReadOnlySpan<float> Image(int index) => values.AsSpan(index * shape.Length, shape.Length);

        void Jigsaw(int image, Span<float> into, ImageShape shape, Random random)
        {
            var source = Image(image);
            source.CopyTo(into);
            int across = Math.Min(Grid, shape.Width), down = Math.Min(Grid, shape.Height), w = shape.Width / across, h = shape.Height / down;
            int[] from = [.. Enumerable.Range(0, across * down)];
            random.Shuffle(from);
            for (int patch = 0; patch < from.Length; patch++)
                for (int c = 0; c < shape.Channels; c++)
                    for (int y = 0; y < h; y++)
                        source.Slice(At(from[patch], c, y), w).CopyTo(into[At(patch, c, y)..]);

            int At(int patch, int c, int y) => (c * shape.Height + patch / across * h + y) * shape.Width + patch % across * w;
        }

        // The mean of two images, of different classes if a few draws find any.
        void Mixed(int image, Span<float> into, Random random)
        {
            int other = random.Next(heldOut.Count);
            for (int draw = 0; draw < 20 && heldOut.Labels[other] == heldOut.Labels[image]; draw++)
                other = random.Next(heldOut.Count);
            ReadOnlySpan<float> a = Image(image), b = Image(other);
            for (int i = 0; i < into.Length; i++)
                into[i] = (a[i] + b[i]) / 2;
        }

        // A quarter turn, half a turn where the sides differ.
        void Rotated(int image, Span<float> into, ImageShape shape)
        {
            var source = Image(image);
            int h = shape.Height, w = shape.Width;
            for (int c = 0; c < shape.Channels; c++)
                for (int y = 0; y < h; y++)
                    for (int x = 0; x < w; x++)
                        into[(c * h + y) * w + x] = source[(c * h + (h == w ? x : h - 1 - y)) * w + (h == w ? w - 1 - y : w - 1 - x)];
        }

        // Each feature from another row: what each is like stays, how they go together does not.
        void Shuffled(int image, Span<float> into, Random random)
        {
            for (int i = 0; i < into.Length; i++)
                into[i] = values[random.Next(heldOut.Count) * shape.Length + i];
        }

        void Inverted(int image, Span<float> into)
        {
            var source = Image(image);
            for (int i = 0; i < into.Length; i++)
                into[i] = low + high - source[i];
        }

        void Noisy(int image, Span<float> into, Random random)
        {
            var source = Image(image);
            for (int i = 0; i < into.Length; i++)
                into[i] = (float)Math.Clamp(source[i] + NoiseShare * (high - low) * Gaussian(random), low, high);
        }

        // The mean over a square of about a quarter of the image's side.
        void Blurred(int image, Span<float> into, ImageShape shape)
        {
            var source = Image(image);
            int h = shape.Height, w = shape.Width, radius = Math.Max(1, Math.Min(h, w) / 8);
            for (int c = 0; c < shape.Channels; c++)
                for (int y = 0; y < h; y++)
                    for (int x = 0; x < w; x++)
                    {
                        int top = Math.Max(0, y - radius), bottom = Math.Min(h - 1, y + radius), left = Math.Max(0, x - radius), right = Math.Min(w - 1, x + radius);
                        double sum = 0;
                        for (int v = top; v <= bottom; v++)
                            for (int u = left; u <= right; u++)
                                sum += source[(c * h + v) * w + u];
                        into[(c * h + y) * w + x] = (float)(sum / ((bottom - top + 1) * (right - left + 1)));
                    }
        }
    }

    private delegate void Change(int image, Span<float> into, Random random);

    /// <summary>Box and Muller's transform.</summary>
    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static float[] UnitValues(this ImageSet images)
    {
        if (!images.IsBytes)
            return images.Singles(0, images.Count).ToArray();
        var bytes = images.Bytes(0, images.Count);
        var values = new float[bytes.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = bytes[i] / 255f;
        return values;
    }
}
