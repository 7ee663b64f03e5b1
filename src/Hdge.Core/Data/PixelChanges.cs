namespace Hdge.Data;

/// <summary>
/// The simple changes of AugMix and PixMix (Hendrycks et al. 2020 and 2022) on images of 0..1: contrast stretched, histogram equalised, fewer grey levels, solarised, turned, sheared, moved. What comes from outside
/// is black. Strength is uniform from 0.1 to the severity, out of 10.
/// </summary>
internal static class PixelChanges
{
    private const int Kinds = 9, Levels = 256;

    /// <summary>One change, drawn.</summary>
    public static void Apply(ReadOnlySpan<float> image, Span<float> into, ImageShape shape, double severity, Random random)
    {
        double strength = (0.1 + (severity - 0.1) * random.NextDouble()) / 10;
        double sign = random.Next(2) == 0 ? 1 : -1;
        switch (random.Next(Kinds))
        {
            case 0: Planes(image, into, shape, Stretch); break;
            case 1: Planes(image, into, shape, Equalize); break;
            case 2: Posterize(image, into, 4 - (int)(4 * strength)); break;
            case 3: Solarize(image, into, (float)(1 - strength)); break;
            case 4: Turn(image, into, shape, sign * strength * 30 * Math.PI / 180); break;
            case 5: Affine(image, into, shape, 1, sign * strength * 0.3, 0, 0, 1, 0); break;
            case 6: Affine(image, into, shape, 1, 0, 0, sign * strength * 0.3, 1, 0); break;
            case 7: Affine(image, into, shape, 1, 0, sign * strength * shape.Width / 3, 0, 1, 0); break;
            default: Affine(image, into, shape, 1, 0, 0, 0, 1, sign * strength * shape.Height / 3); break;
        }
    }

    /// <summary>The lowest value becomes 0, the highest 1; a plane of one value stays.</summary>
    internal static void Stretch(ReadOnlySpan<float> plane, Span<float> into)
    {
        float low = float.MaxValue, high = float.MinValue;
        foreach (float value in plane)
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        float width = high - low;
        for (int i = 0; i < plane.Length; i++)
            into[i] = width > 0 ? (plane[i] - low) / width : plane[i];
    }

    /// <summary>Each of 256 levels becomes the share of the plane's values that are lower, out of those that are not of the lowest level.</summary>
    internal static void Equalize(ReadOnlySpan<float> plane, Span<float> into)
    {
        Span<int> below = stackalloc int[Levels + 1];
        below.Clear();
        foreach (float value in plane)
            below[Level(value) + 1]++;
        for (int level = 0; level < Levels; level++)
            below[level + 1] += below[level];
        int first = 0;
        while (below[first + 1] == 0)
            first++;
        float rest = plane.Length - (below[first + 1] - below[first]);
        for (int i = 0; i < plane.Length; i++)
        {
            int level = Level(plane[i]);
            into[i] = rest <= 0 ? plane[i] : level == first ? 0 : Math.Min(1, (below[level + 1] - below[first + 1]) / rest);
        }
    }

    private static int Level(float value) => Math.Clamp((int)(value * (Levels - 1) + 0.5f), 0, Levels - 1);

    private static void Posterize(ReadOnlySpan<float> image, Span<float> into, int bits)
    {
        int step = 1 << (8 - Math.Clamp(bits, 1, 8));
        for (int i = 0; i < image.Length; i++)
            into[i] = Level(image[i]) / step * step / (float)(Levels - 1);
    }

    private static void Solarize(ReadOnlySpan<float> image, Span<float> into, float threshold)
    {
        for (int i = 0; i < image.Length; i++)
            into[i] = image[i] < threshold ? image[i] : 1 - image[i];
    }

    private static void Turn(ReadOnlySpan<float> image, Span<float> into, ImageShape shape, double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        double x = (shape.Width - 1) / 2.0, y = (shape.Height - 1) / 2.0;
        Affine(image, into, shape, cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y);
    }

    /// <summary>Pixel (x, y) from (a·x + b·y + c, d·x + e·y + f) of the image, bilinear.</summary>
    private static void Affine(ReadOnlySpan<float> image, Span<float> into, ImageShape shape, double a, double b, double c, double d, double e, double f)
    {
        int height = shape.Height, width = shape.Width, plane = height * width;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
            {
                double fromX = a * x + b * y + c, fromY = d * x + e * y + f;
                int left = (int)Math.Floor(fromX), top = (int)Math.Floor(fromY);
                float right = (float)(fromX - left), down = (float)(fromY - top);
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    var values = image.Slice(channel * plane, plane);
                    into[channel * plane + y * width + x] = (1 - down) * ((1 - right) * At(values, left, top) + right * At(values, left + 1, top))
                        + down * ((1 - right) * At(values, left, top + 1) + right * At(values, left + 1, top + 1));
                }
            }

        float At(ReadOnlySpan<float> values, int x, int y) => (uint)x < (uint)width && (uint)y < (uint)height ? values[y * width + x] : 0;
    }

    private delegate void Change(ReadOnlySpan<float> plane, Span<float> into);

    private static void Planes(ReadOnlySpan<float> image, Span<float> into, ImageShape shape, Change change)
    {
        int plane = shape.Height * shape.Width;
        for (int c = 0; c < shape.Channels; c++)
            change(image.Slice(c * plane, plane), into.Slice(c * plane, plane));
    }
}
