namespace Hdge.Data;

/// <summary>Draws the colour changes of a view.</summary>
internal sealed class ColorJitter(ViewAugmentationOptions options, bool colors)
{
    /// <summary>Changes <paramref name="image"/>, which holds values in 0..1.</summary>
    public void Apply(Span<float> image, Random random)
    {
        if (random.NextDouble() < options.ColorJitterProbability)
        {
            Span<int> order = [0, 1, 2, 3];
            random.Shuffle(order);
            foreach (int change in order)
                switch (change)
                {
                    case 0:
                        ColorChanges.Brightness(image, 1 + Strength(options.Brightness));
                        break;
                    case 1:
                        ColorChanges.Contrast(image, colors, 1 + Strength(options.Contrast));
                        break;
                    case 2 when colors:
                        ColorChanges.Saturation(image, 1 + Strength(options.Saturation));
                        break;
                    case 3 when colors:
                        ColorChanges.Hue(image, Strength(options.Hue));
                        break;
                }
        }
        if (colors && random.NextDouble() < options.GrayscaleProbability)
            ColorChanges.Saturation(image, 0);

        float Strength(double range) => (float)(range * (2 * random.NextDouble() - 1));
    }
}
