namespace Hdge.Data;

/// <summary>K colours of C channels in 0..1, and how often each occurs. The colour of a pixel is the nearest by squared distance, the first of equally near ones.</summary>
/// <param name="Channels">C.</param>
/// <param name="Colors">K × C values, colour after colour.</param>
/// <param name="Shares">Each colour's share of the pixels, K values of 0..1, sum 1.</param>
internal sealed record ColorPalette(int Channels, double[] Colors, double[] Shares)
{
    /// <summary>
    /// One step of Lloyd's algorithm: the pixels' nearest colours, the sum of their squared distances, and the means of each colour's pixels. A colour without pixels stays.
    /// </summary>
    /// <param name="pixels">M × C values.</param>
    /// <param name="weights">How often each pixel occurs, M values above 0.</param>
    /// <param name="colors">K × C values.</param>
    /// <param name="channels">C.</param>
    public static (int[] Nearest, double Inertia, double[] Next) Step(double[] pixels, double[] weights, double[] colors, int channels)
    {
        var nearest = new int[weights.Length];
        var sums = new double[colors.Length];
        var counts = new double[colors.Length / channels];
        double inertia = 0;
        for (int i = 0; i < nearest.Length; i++)
        {
            var pixel = pixels.AsSpan(i * channels, channels);
            (nearest[i], double distance) = Nearest(pixel, colors);
            inertia += weights[i] * distance;
            counts[nearest[i]] += weights[i];
            for (int c = 0; c < channels; c++)
                sums[nearest[i] * channels + c] += weights[i] * pixel[c];
        }
        double[] next = [.. colors.Select((value, at) => counts[at / channels] > 0 ? sums[at] / counts[at / channels] : value)];
        return (nearest, inertia, next);
    }

    /// <summary>The colour nearest to a pixel and their squared distance.</summary>
    public static (int Color, double Distance) Nearest(ReadOnlySpan<double> pixel, ReadOnlySpan<double> colors)
    {
        var (best, least) = (0, double.PositiveInfinity);
        for (int at = 0; at < colors.Length; at += pixel.Length)
        {
            double distance = 0;
            for (int c = 0; c < pixel.Length; c++)
                distance += (pixel[c] - colors[at + c]) * (pixel[c] - colors[at + c]);
            if (distance < least)
                (best, least) = (at / pixel.Length, distance);
        }
        return (best, least);
    }
}
