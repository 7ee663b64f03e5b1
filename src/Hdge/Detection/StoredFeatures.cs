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

    /// <summary>The largest products of each query with stored rows, as <see cref="TopValues"/> keeps them, query after query; block by block, for all at once would take too much memory.</summary>
    /// <param name="queries">[N, F].</param>
    /// <param name="stored">[rows, F].</param>
    /// <param name="most">How many of each query, at most as many as there are rows.</param>
    public static float[] LargestProducts(Tensor queries, Tensor stored, int most)
    {
        int rows = (int)queries.shape[0], count = (int)stored.shape[0];
        var best = new float[rows * most];
        Array.Fill(best, float.NegativeInfinity);
        for (int at = 0; at < count; at += Block)
        {
            using var scope = NewDisposeScope();
            int n = Math.Min(Block, count - at);
            var products = TensorMemory.Span<float>(queries.mm(stored.narrow(0, at, n).t()).contiguous());
            for (int i = 0; i < rows; i++)
                TopValues.Offer(products.Slice(i * n, n), best.AsSpan(i * most, most));
        }
        return best;
    }

    /// <summary>At most so many rows of a sample, evenly spaced.</summary>
    public static long[] Spread(int count, int most) => count <= most ? [.. Enumerable.Range(0, count).Select(i => (long)i)] : [.. Enumerable.Range(0, most).Select(i => (long)i * count / most)];
}
