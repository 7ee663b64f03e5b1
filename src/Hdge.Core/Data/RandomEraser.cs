namespace Hdge.Data;

/// <summary>Random erasing (Zhong et al. 2020, Algorithm 1) of network input. The paper draws until a rectangle fits; after a hundred misses the image stays whole.</summary>
internal sealed class RandomEraser
{
    private const int Attempts = 100;

    private readonly ImageShape _shape;
    private readonly RandomErasingOptions _options;
    private readonly float[][] _byteValues;

    public RandomEraser(ImageShape shape, PixelScaling scaling, RandomErasingOptions options)
    {
        options.Validate();
        (_shape, _options) = (shape, options);
        _byteValues = [.. Enumerable.Range(0, shape.Channels).Select(scaling.ByteValues)];
    }

    /// <summary>Erases in each of the images of <paramref name="pixels"/>, or not.</summary>
    public void Apply(Span<float> pixels, Random random)
    {
        for (int at = 0; at < pixels.Length; at += _shape.Length)
            if (random.NextDouble() < _options.Probability && Draw(random) is { Height: > 0 } window)
                Fill(pixels.Slice(at, _shape.Length), window, random);
    }

    /// <summary>Lines 4 to 12 of the algorithm; empty after too many misses.</summary>
    public CropWindow Draw(Random random)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double area = Between(_options.MinimumArea, _options.MaximumArea) * _shape.Height * _shape.Width;
            double ratio = Between(_options.MinimumAspectRatio, 1 / _options.MinimumAspectRatio);
            double height = Math.Round(Math.Sqrt(area * ratio)), width = Math.Round(Math.Sqrt(area / ratio));
            int left = random.Next(_shape.Width), top = random.Next(_shape.Height);
            if (height >= 1 && width >= 1 && left + width <= _shape.Width && top + height <= _shape.Height)
                return new(top, left, (int)height, (int)width);
        }
        return default;

        double Between(double low, double high) => low + (high - low) * random.NextDouble();
    }

    private void Fill(Span<float> image, CropWindow window, Random random)
    {
        for (int c = 0; c < _shape.Channels; c++)
            for (int y = window.Top; y < window.Top + window.Height; y++)
                foreach (ref float value in image.Slice((c * _shape.Height + y) * _shape.Width + window.Left, window.Width))
                    value = _byteValues[c][random.Next(256)];
    }
}
