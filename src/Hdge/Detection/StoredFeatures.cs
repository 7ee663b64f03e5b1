using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>Features of length 1 in single precision, for searches through stored ones.</summary>
internal static class StoredFeatures
{
    public const int Block = 4096; // stored rows a product: with a batch of 256, 4 MiB of similarities

    /// <summary>The rows of [N, F] divided by their lengths; rows of zeros stay.</summary>
    public static Tensor Normalized(Tensor features)
    {
        using var scope = NewDisposeScope();
        var wide = features.to(float64);
        var lengths = wide.Squared().sum(dim: 1, keepdim: true).sqrt();
        return wide.div(lengths.AtLeast(1e-300)).to(float32).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>At most so many rows of a sample, evenly spaced.</summary>
    public static long[] Spread(int count, int most) => count <= most ? [.. Enumerable.Range(0, count).Select(i => (long)i)] : [.. Enumerable.Range(0, most).Select(i => (long)i * count / most)];
}
