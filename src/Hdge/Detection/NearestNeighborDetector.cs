using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// −‖z/‖z‖ − u_k‖, u_k the k-th nearest of the stored normalised training features (Sun et al. 2022, section 3). A search through all of them by blocks of one
/// matrix product in single precision, so a distance near 0 is uncertain by about 3e-4. Features that are all 0 are not stored; their own distance
/// to everything is 1, and so is every distance when nothing is stored.
/// </summary>
internal sealed class NearestNeighborDetector(Tensor stored, int neighbors) : Detector
{
    private const int Block = 4096; // stored features a product: with a batch of 256, 4 MiB of similarities
    private const int UsualNeighbors = 50;

    public override DetectionScore Kind => DetectionScore.NearestNeighbors;

    /// <summary>k for a sample of <paramref name="count"/> features.</summary>
    public static int Neighbors(int? asked, int count) => Math.Clamp(asked ?? Math.Min(UsualNeighbors, count / 100), 1, Math.Max(1, count));

    /// <summary>The rows of [N, F] divided by their lengths, in single precision; rows of zeros stay.</summary>
    public static Tensor Normalised(Tensor features)
    {
        using var scope = NewDisposeScope();
        var wide = features.to(float64);
        var lengths = wide.Squared().sum(dim: 1, keepdim: true).sqrt();
        return wide.div(lengths.AtLeast(1e-300)).to(float32).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>What to store: the normalised rows without those of zeros.</summary>
    public static Tensor Store(Tensor features)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var lengths = features.Squared().sum(dim: 1, type: float64).contiguous();
        long[] rows = [.. lengths.data<double>().ToArray().Select((length, row) => (length, row: (long)row)).Where(r => r.length > 0).Select(r => r.row)];
        if (rows.Length == 0)
            return zeros(0, features.shape[1], dtype: float32).DetachFromDisposeScope();
        return Normalised(features.index_select(0, tensor(rows))).DetachFromDisposeScope();
    }

    public override void Score(DetectionInput input, Span<float> into)
    {
        if (stored.shape[0] == 0)
        {
            into.Fill(-1);
            return;
        }
        var queries = Normalised(input.Features);
        var best = new float[into.Length * neighbors];
        Array.Fill(best, float.NegativeInfinity);
        for (long at = 0; at < stored.shape[0]; at += Block)
        {
            using var scope = NewDisposeScope();
            int n = (int)Math.Min(Block, stored.shape[0] - at);
            var similarities = TensorMemory.Span<float>(queries.mm(stored.narrow(0, at, n).t()).contiguous());
            for (int i = 0; i < into.Length; i++)
                TopValues.Offer(similarities.Slice(i * n, n), best.AsSpan(i * neighbors, neighbors));
        }
        var lengths = TensorMemory.Span<double>(queries.to(float64).Squared().sum(dim: 1).contiguous());
        for (int i = 0; i < into.Length; i++)
            into[i] = lengths[i] == 0 ? -1 : -(float)Math.Sqrt(Math.Max(0, 2 - 2.0 * best[i * neighbors]));
    }
}
