using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Gaussians of the training features: one a class with a covariance that they share, and one of all features. Covariances are kept as matrices that
/// whiten. Classes without an image in the sample have none.
/// </summary>
/// <param name="Mean">Mean of all features, [F].</param>
/// <param name="Tied">Whitens by the covariance within classes, [F, F].</param>
/// <param name="Centers">The class means less <paramref name="Mean"/>, whitened by <paramref name="Tied"/>, [classes, F].</param>
/// <param name="Background">Whitens by the covariance of all features, [F, F].</param>
internal sealed record GaussianStatistics(Tensor Mean, Tensor Tied, Tensor Centers, Tensor Background) : IDisposable
{
    private const int Block = 4096; // rows in double precision at a time

    /// <param name="features">[N, F] on the processor, at least one row.</param>
    /// <param name="labels">One class a row.</param>
    public static GaussianStatistics Fit(Tensor features, ReadOnlySpan<int> labels)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        int count = (int)features.shape[0], length = (int)features.shape[1];
        int[] classes = [.. labels.ToArray().Distinct().Order()];
        long[] rows = [.. labels.ToArray().Select(label => (long)Array.BinarySearch(classes, label))];
        var mean = features.mean([0L], type: float64);
        var means = ClassMeans(features, rows, classes.Length, mean);
        using var within = new SecondMoment(length);
        using var total = new SecondMoment(length);
        for (int at = 0; at < count; at += Block)
        {
            using var inner = NewDisposeScope();
            int n = Math.Min(Block, count - at);
            var centred = features.narrow(0, at, n).to(float64) - mean;
            total.Add(centred);
            within.Add(centred - means.index_select(0, tensor(rows[at..(at + n)])));
        }
        var tied = within.Whitener();
        return new(Keep(mean), Keep(tied), Keep(means.mm(tied)), Keep(total.Whitener()));

        static Tensor Keep(Tensor tensor) => tensor.contiguous().DetachFromDisposeScope();
    }

    /// <summary>Squared Mahalanobis distance of each row of <paramref name="features"/> to the nearest class mean, [N].</summary>
    public Tensor ToNearestClass(Tensor features)
    {
        var white = (features - Mean).mm(Tied);
        // ‖a − b‖² for all pairs by one matrix product; the whitened values are of order 1, so nothing cancels that matters.
        var squared = white.Squared().sum(dim: 1, keepdim: true).Plus(Centers.Squared().sum(dim: 1)) - white.mm(Centers.t()).Times(2);
        return squared.amin([1L]).AtLeast(0);
    }

    /// <summary>Squared Mahalanobis distance of each row to the mean of all features, [N].</summary>
    public Tensor ToBackground(Tensor features) => (features - Mean).mm(Background).Squared().sum(dim: 1);

    public void Dispose()
    {
        Mean.Dispose();
        Tied.Dispose();
        Centers.Dispose();
        Background.Dispose();
    }

    private static Tensor ClassMeans(Tensor features, long[] rows, int classes, Tensor mean)
    {
        using var scope = NewDisposeScope();
        var sums = zeros(classes, features.shape[1], dtype: float64);
        var sizes = zeros(classes, 1L, dtype: float64);
        for (int at = 0; at < rows.Length; at += Block)
        {
            using var inner = NewDisposeScope();
            int n = Math.Min(Block, rows.Length - at);
            var index = tensor(rows[at..(at + n)]);
            sums.AddRowsInPlace(index, features.narrow(0, at, n).to(float64) - mean);
            sizes.AddRowsInPlace(index, ones(n, 1L, dtype: float64));
        }
        return sums.div_(sizes).MoveToOuterDisposeScope();
    }
}
