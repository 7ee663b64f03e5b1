namespace Hdge.Data;

/// <summary>Changes of one image with values in 0..1, channel first. Colour images have three channels: red, green, blue.</summary>
internal static class ColorChanges
{
    private const float Red = 0.299f, Green = 0.587f, Blue = 0.114f; // luma of ITU-R BT.601

    /// <summary>Multiplies by <paramref name="factor"/>.</summary>
    public static void Brightness(Span<float> image, float factor)
    {
        foreach (ref float value in image)
            value = Math.Clamp(value * factor, 0, 1);
    }

    /// <summary>Multiplies distances from the mean (of the luma, where <paramref name="colors"/>) by <paramref name="factor"/>.</summary>
    public static void Contrast(Span<float> image, bool colors, float factor)
    {
        int n = colors ? image.Length / 3 : image.Length;
        double sum = 0;
        for (int i = 0; i < n; i++)
            sum += colors ? Luma(image[i], image[n + i], image[2 * n + i]) : image[i];
        float mean = (float)(sum / n);
        foreach (ref float value in image)
            value = Math.Clamp(mean + (value - mean) * factor, 0, 1);
    }

    /// <summary>Multiplies each pixel's distance from its luma by <paramref name="factor"/>; 0 makes a grey image.</summary>
    public static void Saturation(Span<float> image, float factor)
    {
        int n = image.Length / 3;
        for (int i = 0; i < n; i++)
        {
            float luma = Luma(image[i], image[n + i], image[2 * n + i]);
            for (int at = i; at < image.Length; at += n)
                image[at] = Math.Clamp(luma + (image[at] - luma) * factor, 0, 1);
        }
    }

    /// <summary>Turns the hue by <paramref name="turns"/> of the colour circle, keeping HSV's value and saturation.</summary>
    public static void Hue(Span<float> image, float turns)
    {
        int n = image.Length / 3;
        for (int i = 0; i < n; i++)
        {
            float red = image[i], green = image[n + i], blue = image[2 * n + i];
            float value = Math.Max(red, Math.Max(green, blue)), chroma = value - Math.Min(red, Math.Min(green, blue));
            if (chroma <= 0)
                continue;
            float sixths = value == red ? (green - blue) / chroma : value == green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
            sixths += 6 * turns;
            image[i] = Channel(5, sixths, value, chroma);
            image[n + i] = Channel(3, sixths, value, chroma);
            image[2 * n + i] = Channel(1, sixths, value, chroma);
        }
    }

    private static float Luma(float red, float green, float blue) => Red * red + Green * green + Blue * blue;

    /// <summary>A channel from hue (in sixths of the circle), value and chroma: each is a clipped triangle wave of the hue, shifted by its place.</summary>
    private static float Channel(int place, float sixths, float value, float chroma)
    {
        float at = (place + sixths) % 6;
        if (at < 0)
            at += 6;
        return value - chroma * Math.Clamp(Math.Min(at, 4 - at), 0, 1);
    }
}
