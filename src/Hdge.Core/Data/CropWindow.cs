namespace Hdge.Data;

/// <summary>The part of an image that a random resized crop keeps (Szegedy et al. 2015, section 6).</summary>
internal readonly record struct CropWindow(int Top, int Left, int Height, int Width)
{
    private const int Attempts = 10;

    /// <summary>
    /// Draws area and aspect ratio until the window fits into the image, and then its place; after ten misses it is the largest window in the middle
    /// whose ratio is in range.
    /// </summary>
    public static CropWindow Draw(ImageShape shape, ViewAugmentationOptions options, Random random)
    {
        double lowest = Math.Log(options.MinimumAspectRatio), highest = Math.Log(options.MaximumAspectRatio);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double area = Between(options.MinimumCropArea, options.MaximumCropArea) * shape.Height * shape.Width;
            double ratio = Math.Exp(Between(lowest, highest));
            double width = Math.Round(Math.Sqrt(area * ratio)), height = Math.Round(Math.Sqrt(area / ratio));
            if (width >= 1 && height >= 1 && width <= shape.Width && height <= shape.Height)
                return new(random.Next(shape.Height - (int)height + 1), random.Next(shape.Width - (int)width + 1), (int)height, (int)width);
        }
        double middle = Math.Clamp((double)shape.Width / shape.Height, options.MinimumAspectRatio, options.MaximumAspectRatio);
        int wide = (int)Math.Clamp(Math.Round(shape.Height * middle), 1, shape.Width), tall = (int)Math.Clamp(Math.Round(shape.Width / middle), 1, shape.Height);
        return new((shape.Height - tall) / 2, (shape.Width - wide) / 2, tall, wide);

        double Between(double low, double high) => low + (high - low) * random.NextDouble();
    }
}
