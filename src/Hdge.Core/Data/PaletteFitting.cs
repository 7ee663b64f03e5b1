namespace Hdge.Data;

/// <summary>
/// Chooses the colours of a set: all there are where they are few enough, else k-means from a k-means++ start (Arthur and Vassilvitskii 2007), as iGPT quantises its images (Chen et
/// al. 2020). Random starts would do no good: three of them for 16 greys of Fashion-MNIST gave errors of 4.4, 6.6 and 6.9 of 255.
/// </summary>
internal static class PaletteFitting
{
    private const int LargestSample = 200_000; // pixels
    private const int MostSteps = 50;
    private const double LeastProgress = 1e-4; // share of the inertia below which steps end

    /// <summary>The palette, sorted by luma and then by channel, so that equal images and seeds give equal palettes. Where there are fewer colours than asked for the last is repeated, with share 0.</summary>
    /// <param name="images">At least one image of 1 or 3 channels.</param>
    /// <param name="count">Colours K, at least 2.</param>
    /// <param name="reduction">1, 2 or 4: colours are those of means over squares of this side.</param>
    /// <param name="seed">Of the sample and the start.</param>
    public static ColorPalette Fit(ImageSet images, int count, int reduction, int seed)
    {
        var pixels = new ReducedPixels(images, reduction);
        var random = new Random(seed);
        var found = FewColors(pixels, count) ?? Sample(pixels, random);
        PixelLevels[] distinct = [.. found.Keys.Order()];
        double[] weights = [.. distinct.Select(pixel => (double)found[pixel])];
        double[] values = [.. distinct.SelectMany(pixel => Enumerable.Range(0, pixels.Channels).Select(c => pixel[c]))];
        return Sorted(distinct.Length <= count ? values : Means(values, weights, count, pixels.Channels, random), values, weights, count, pixels.Channels);
    }

    /// <summary>All colours and how often they occur; null where they are more than <paramref name="most"/>.</summary>
    private static Dictionary<PixelLevels, int>? FewColors(ReducedPixels pixels, int most)
    {
        var counts = new Dictionary<PixelLevels, int>();
        for (long at = 0; at < pixels.Count; at++)
        {
            Count(counts, pixels.At(at));
            if (counts.Count > most)
                return null;
        }
        return counts;
    }

    private static Dictionary<PixelLevels, int> Sample(ReducedPixels pixels, Random random)
    {
        var counts = new Dictionary<PixelLevels, int>();
        bool all = pixels.Count <= LargestSample;
        for (int i = 0; i < (all ? pixels.Count : LargestSample); i++)
            Count(counts, pixels.At(all ? i : random.NextInt64(pixels.Count)));
        return counts;
    }

    private static void Count(Dictionary<PixelLevels, int> counts, PixelLevels pixel) => counts[pixel] = counts.GetValueOrDefault(pixel) + 1;

    /// <summary>The colours of k-means.</summary>
    internal static double[] Means(double[] pixels, double[] weights, int count, int channels, Random random)
    {
        double[] colors = Start(pixels, weights, count, channels, random);
        double before = double.PositiveInfinity;
        for (int step = 0; step < MostSteps; step++)
        {
            var (nearest, inertia, next) = ColorPalette.Step(pixels, weights, colors, channels);
            FillEmpty(pixels, nearest, next, count, channels);
            colors = next;
            if (before - inertia < LeastProgress * before)
                break;
            before = inertia;
        }
        return colors;
    }

    /// <summary>Colours drawn one after another from the pixels, each with a probability in proportion to its squared distance from those drawn before.</summary>
    private static double[] Start(double[] pixels, double[] weights, int count, int channels, Random random)
    {
        var colors = new double[count * channels];
        double[] distances = [.. weights.Select(_ => 1.0)];
        for (int k = 0; k < count; k++)
        {
            double left = random.NextDouble() * weights.Zip(distances, (w, d) => w * d).Sum();
            int chosen = 0;
            for (int i = 0; i < weights.Length && left >= 0; i++)
                if (weights[i] * distances[i] is > 0 and var mass)
                    (chosen, left) = (i, left - mass);
            var color = pixels.AsSpan(chosen * channels, channels);
            color.CopyTo(colors.AsSpan(k * channels));
            for (int i = 0; i < weights.Length; i++)
                distances[i] = Math.Min(k == 0 ? double.PositiveInfinity : distances[i], ColorPalette.Nearest(pixels.AsSpan(i * channels, channels), color).Distance);
        }
        return colors;
    }

    /// <summary>Moves each colour without pixels to the pixel that is farthest from its colour.</summary>
    private static void FillEmpty(double[] pixels, int[] nearest, double[] colors, int count, int channels)
    {
        var used = nearest.ToHashSet();
        foreach (int empty in Enumerable.Range(0, count).Where(k => !used.Contains(k)))
        {
            var (farthest, most) = (0, -1.0);
            for (int i = 0; i < nearest.Length; i++)
                if (ColorPalette.Nearest(pixels.AsSpan(i * channels, channels), colors).Distance is var distance && distance > most)
                    (farthest, most) = (i, distance);
            pixels.AsSpan(farthest * channels, channels).CopyTo(colors.AsSpan(empty * channels));
        }
    }

    private static ColorPalette Sorted(double[] colors, double[] pixels, double[] weights, int count, int channels)
    {
        double[][] rows = [.. colors.Chunk(channels).OrderBy(Luma).ThenBy(row => (row[0], row.ElementAtOrDefault(1), row[^1]))];
        double[] sorted = [.. rows.SelectMany(row => row), .. Enumerable.Repeat(rows[^1], count - rows.Length).SelectMany(row => row)];
        var shares = new double[count];
        int[] nearest = ColorPalette.Step(pixels, weights, sorted, channels).Nearest;
        double all = weights.Sum();
        for (int i = 0; i < nearest.Length; i++)
            shares[nearest[i]] += weights[i] / all;
        return new(channels, sorted, shares);
    }

    private static double Luma(double[] color) => color.Length == 3 ? 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] : color[0];
}
