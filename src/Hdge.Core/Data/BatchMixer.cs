using MathNet.Numerics.Distributions;

namespace Hdge.Data;

/// <summary>
/// Mixes each image of a batch with another of it, and their classes: Mixup (Zhang et al. 2018, equation 1: x̃ = λ·x + (1 − λ)·x', ỹ = λ·y + (1 − λ)·y', λ ~ Beta(α, α)) and CutMix (Yun et al.
/// 2019, equations 1 and 2: a box of x' in x, whose width and height are √(1 − λ) of the image's around a uniform centre, cut off at the border; λ is then the share that is left of x). As in the
/// papers' code a batch has one λ and one box. Its order is random, so that the first image is mixed with the last, the second with the last but one, in place; the middle one of an odd number stays.
/// </summary>
internal sealed class BatchMixer(ImageShape shape, AugmentationOptions options)
{
    /// <summary>Whether a batch of these options may be mixed.</summary>
    public static bool IsWanted(AugmentationOptions options) => options.Mixup > 0 || options.CutMix > 0;

    /// <summary>Draws whether this batch is mixed, and how.</summary>
    public Mixture Draw(Random random)
    {
        if (random.NextDouble() >= options.MixProbability)
            return Mixture.None;
        bool cut = options.CutMix > 0 && (options.Mixup == 0 || random.Next(2) == 1);
        double alpha = cut ? options.CutMix : options.Mixup, share = Beta.Sample(random, alpha, alpha);
        if (!double.IsFinite(share))
            share = random.Next(2); // what Beta(α, α) is for an α so small that its gammas are 0
        if (!cut)
            return new(share, default);
        double part = Math.Sqrt(1 - share);
        int height = (int)(part * shape.Height), width = (int)(part * shape.Width), y = random.Next(shape.Height), x = random.Next(shape.Width);
        int top = Math.Max(y - height / 2, 0), left = Math.Max(x - width / 2, 0);
        var box = new CropWindow(top, left, Math.Min(y + height / 2, shape.Height) - top, Math.Min(x + width / 2, shape.Width) - left);
        return new(1 - (double)box.Height * box.Width / (shape.Height * shape.Width), box);
    }

    /// <summary>Mixes the images of <paramref name="pixels"/> among themselves.</summary>
    public void Mix(Span<float> pixels, Mixture mixture)
    {
        int length = shape.Length;
        for (int first = 0, second = pixels.Length - length; first < second; first += length, second -= length)
            if (mixture.Box is { Height: > 0, Width: > 0 } box)
                Swap(pixels.Slice(first, length), pixels.Slice(second, length), box);
            else
                Blend(pixels.Slice(first, length), pixels.Slice(second, length), (float)mixture.Share);
    }

    /// <summary>
    /// The classes that go with it: of image i the other class, the share of its own, and its weight where there are weights. A term of an image counts with the weight of the image whose class it is
    /// for: λ·w for its own and (1 − λ)·w' for the other, which is what share and weight are afterwards.
    /// </summary>
    public static void MixTargets(ReadOnlySpan<long> labels, Mixture mixture, Span<long> others, Span<float> shares, Span<float> weights)
    {
        for (int i = 0; i < labels.Length; i++)
            (others[i], shares[i]) = (labels[^(i + 1)], (float)mixture.Share);
        for (int i = 0, j = weights.Length - 1; i <= j; i++, j--)
        {
            float first = weights[i], second = weights[j], own = (float)mixture.Share;
            (weights[i], shares[i]) = Of(first, second);
            (weights[j], shares[j]) = Of(second, first);

            (float Weight, float Share) Of(float mine, float other)
            {
                float sum = own * mine + (1 - own) * other;
                return (sum, own * mine / sum);
            }
        }
    }

    private static void Blend(Span<float> first, Span<float> second, float share)
    {
        for (int i = 0; i < first.Length; i++)
            (first[i], second[i]) = (share * first[i] + (1 - share) * second[i], share * second[i] + (1 - share) * first[i]);
    }

    private void Swap(Span<float> first, Span<float> second, CropWindow box)
    {
        for (int c = 0; c < shape.Channels; c++)
            for (int y = box.Top; y < box.Top + box.Height; y++)
                for (int at = (c * shape.Height + y) * shape.Width + box.Left, end = at + box.Width; at < end; at++)
                    (first[at], second[at]) = (second[at], first[at]);
    }
}

/// <summary>How a batch is mixed: by <paramref name="Share"/> λ all over, or in a box alone, outside which λ lies.</summary>
internal readonly record struct Mixture(double Share, CropWindow Box)
{
    /// <summary>Not at all.</summary>
    public static Mixture None => new(1, default);
}
