namespace Hdge.Data;

/// <summary>Another augmenter, then a square of zeros (DeVries and Taylor 2017): its middle is uniform over the image, and what of it lies outside is cut off.</summary>
internal sealed class CutoutAugmenter(IBatchAugmenter inner, ImageShape shape, int side) : IBatchAugmenter
{
    public void Fill(Span<float> into, ReadOnlySpan<int> indices, int epoch, Random random)
    {
        int seed = random.Next();
        inner.Fill(into, indices, epoch, random);
        var draws = new Random(Seeds.Mix(seed, SeedStream.Cutout));
        for (int i = 0; i < indices.Length; i++)
        {
            int top = draws.Next(shape.Height) - side / 2, left = draws.Next(shape.Width) - side / 2;
            int bottom = Math.Min(top + side, shape.Height), right = Math.Min(left + side, shape.Width);
            (top, left) = (Math.Max(top, 0), Math.Max(left, 0));
            for (int c = 0; c < shape.Channels; c++)
                for (int y = top; y < bottom; y++)
                    into.Slice(((i * shape.Channels + c) * shape.Height + y) * shape.Width + left, right - left).Clear();
        }
    }
}
