using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Σ x xᵀ of vectors that come in blocks, and what follows from it. As a covariance it is shrunk towards a multiple of the identity by the share that
/// Ledoit and Wolf (2004) estimate from the sample, so that it can be inverted even with fewer samples than dimensions.
/// </summary>
internal sealed class SecondMoment(int length) : IDisposable
{
    private const double LeastShrinkage = 1e-6;

    private readonly Tensor _sum = zeros(length, length, dtype: float64).DetachFromDisposeScope();
    private double _fourth;
    private long _count;

    /// <summary>Adds the rows of a block [n, F].</summary>
    public void Add(Tensor rows)
    {
        using var scope = NewDisposeScope();
        _sum.AddInPlace(rows.t().mm(rows));
        _fourth += rows.Squared().sum(dim: 1).Squared().sum().item<double>();
        _count += rows.shape[0];
    }

    /// <summary>Eigenvectors as columns, from the least eigenvalue to the largest.</summary>
    public Tensor Eigenvectors() => linalg.eigh(_sum).Item2;

    /// <summary>A matrix P with P·Pᵀ = (shrunk covariance)⁻¹, so that ‖x·P‖² is the squared Mahalanobis length of x. The identity where all vectors are 0.</summary>
    /// <param name="share">Of the identity, 0..1.</param>
    public Tensor Whitener(double share) => Whitener(share, out _);

    /// <summary>The same with the share that Ledoit and Wolf estimate.</summary>
    public Tensor Whitener(out double share) => Whitener(null, out share);

    private Tensor Whitener(double? given, out double share)
    {
        using var scope = NewDisposeScope();
        var (values, vectors) = linalg.eigh(_sum.Over(_count));
        double[] eigenvalues = [.. values.contiguous().data<double>().ToArray().Select(v => Math.Max(v, 0))];
        double mean = eigenvalues.Average(), squares = eigenvalues.Sum(v => v * v);
        double dispersion = eigenvalues.Sum(v => (v - mean) * (v - mean)), error = (_fourth / _count - squares) / _count;
        double used = share = given ?? (dispersion > 0 ? Math.Clamp(error / dispersion, LeastShrinkage, 1) : 1);
        if (!(mean > 0))
            return eye(length, dtype: float64).MoveToOuterDisposeScope();
        double[] scales = [.. eigenvalues.Select(v => 1 / Math.Sqrt((1 - used) * v + used * mean))];
        return (vectors * tensor(scales, dtype: float64)).contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose() => _sum.Dispose();
}
