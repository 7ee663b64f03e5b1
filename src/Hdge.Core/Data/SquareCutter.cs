namespace Hdge.Data;

/// <summary>Cutout (DeVries and Taylor 2017): a square of zeros in each image, whose middle is uniform over the image; what of it lies outside is cut off.</summary>
internal sealed class SquareCutter(ImageShape shape, int side)
{
    /// <summary>The draws for a batch whose own seed this is, one image after another: the same whoever cuts.</summary>
    public static Random Draws(int seed) => new(Seeds.Mix(seed, SeedStream.Cutout));

    /// <summary>First row and column of an image's square, which may be negative.</summary>
    public (int Top, int Left) Draw(Random draws)
    {
        int top = draws.Next(shape.Height) - side / 2;
        return (top, draws.Next(shape.Width) - side / 2);
    }

    /// <summary>Cuts a square out of each image of a batch.</summary>
    public void Apply(Span<float> images, Random draws)
    {
        for (int image = 0; image < images.Length; image += shape.Length)
        {
            var (top, left) = Draw(draws);
            int bottom = Math.Min(top + side, shape.Height), right = Math.Min(left + side, shape.Width);
            (top, left) = (Math.Max(top, 0), Math.Max(left, 0));
            for (int c = 0; c < shape.Channels; c++)
                for (int y = top; y < bottom; y++)
                    images.Slice(image + (c * shape.Height + y) * shape.Width + left, right - left).Clear();
        }
    }
}
