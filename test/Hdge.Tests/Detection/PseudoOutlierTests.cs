using Hdge.Detection;

namespace Hdge.Tests.Detection;

public class PseudoOutlierTests
{
    private static readonly ImageShape s_shape = new(2, 8, 8);

    private static readonly ImageSet s_images = ImageSet.FromBytes(s_shape, [.. Naive.Rows(30, 128, 1).SelectMany(r => r).Select(v => (byte)(100 + 90 * v))], [.. Enumerable.Range(0, 30).Select(i => i % 3)], 3);

    private static float[] Unit(ImageSet images, int index) =>
        images.IsBytes ? [.. images.Bytes(index).ToArray().Select(b => b / 255f)] : images.Singles(index).ToArray();

    [Fact]
    public void EqualSeedsGiveEqualImages()
    {
        var (a, b, c) = (PseudoOutliers.Of(s_images, 1), PseudoOutliers.Of(s_images, 1), PseudoOutliers.Of(s_images, 2));
        Assert.Equal(["jigsaw", "mixed", "rotated", "inverted", "noisy", "blurred"], a.Select(k => k.Kind));
        for (int k = 0; k < a.Count; k++)
        {
            Assert.Equal((30, s_shape), (a[k].Images.Count, a[k].Images.Shape));
            Assert.Equal(a[k].Images.Singles(0, 30).ToArray(), b[k].Images.Singles(0, 30).ToArray());
        }
        Assert.NotEqual(a[0].Images.Singles(0, 30).ToArray(), c[0].Images.Singles(0, 30).ToArray());
    }

    [Fact]
    public void EachKindDoesWhatItSays()
    {
        var kinds = PseudoOutliers.Of(s_images, 1).ToDictionary(k => k.Kind, k => k.Images);
        float low = 2, high = -1;
        for (int i = 0; i < 30; i++)
            (low, high) = (Math.Min(low, Unit(s_images, i).Min()), Math.Max(high, Unit(s_images, i).Max()));
        for (int i = 0; i < 30; i++)
        {
            float[] image = Unit(s_images, i), jigsaw = Unit(kinds["jigsaw"], i), blurred = Unit(kinds["blurred"], i), rotated = Unit(kinds["rotated"], i);
            for (int c = 0; c < 2; c++)
                Assert.Equal(image[(c * 64)..(c * 64 + 64)].Order(), jigsaw[(c * 64)..(c * 64 + 64)].Order());
            Assert.Equal(image.Select(v => low + high - v), Unit(kinds["inverted"], i));
            Assert.Contains(Enumerable.Range(0, 30).Where(j => j % 3 != i % 3), j => image.Zip(Unit(s_images, j), (a, b) => (a + b) / 2).SequenceEqual(Unit(kinds["mixed"], i)));
            Assert.All(Unit(kinds["noisy"], i), v => Assert.InRange(v, low, high));
            for (int y = 0; y < 8; y++)
                for (int x = 0; x < 8; x++)
                {
                    Assert.Equal(image[x * 8 + 7 - y], rotated[y * 8 + x]);
                    float[] around = [.. Enumerable.Range(0, 64).Where(p => Math.Abs(p / 8 - y) <= 1 && Math.Abs(p % 8 - x) <= 1).Select(p => image[64 + p])];
                    Assert.Equal(around.Average(v => (double)v), blurred[64 + y * 8 + x], 1e-6);
                }
        }
    }

    [Fact]
    public void ImagesThatAreNotSquareTurnRound()
    {
        var images = ImageSet.FromSingles(new ImageShape(1, 1, 3), [1, 2, 3], [0], 1);
        Assert.Equal([3, 2, 1], PseudoOutliers.Of(images, 1)[2].Images.Singles(0).ToArray());
    }
}
