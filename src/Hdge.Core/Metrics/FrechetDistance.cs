using MathNet.Numerics.LinearAlgebra;

namespace Hdge.Metrics;

/// <summary>
/// Fréchet distance between two normal distributions (Dowson and Landau 1982): ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁^½ Σ₂ Σ₁^½)^½), the square of the 2-Wasserstein distance. Between features of images it tells how far drawn ones are
/// from real ones (Heusel et al. 2017); it is comparable only between features of one network and samples of one size, for with few samples it is too large.
/// </summary>
public static class FrechetDistance
{
    /// <summary>The distance between what two samples are normal distributions of, at least 0.</summary>
    /// <param name="first">Moments of one sample.</param>
    /// <param name="second">Moments of the other, of as many features.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Of(FeatureMoments first, FeatureMoments second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Length != second.Length)
            throw new ArgumentException($"The samples have {first.Length} and {second.Length} features, expected as many.");
        var difference = first.MeanVector - second.MeanVector;
        var root = Root(first.CovarianceMatrix);
        var product = root * second.CovarianceMatrix * root;
        double cross = Symmetric(product).Evd(Symmetricity.Symmetric).EigenValues.Sum(value => Math.Sqrt(Math.Max(0, value.Real))); // rounding makes zeros negative
        return Math.Max(0, difference * difference + first.CovarianceMatrix.Trace() + second.CovarianceMatrix.Trace() - 2 * cross);
    }

    /// <summary>The symmetric square root of a covariance.</summary>
    private static Matrix<double> Root(Matrix<double> covariance)
    {
        var decomposition = Symmetric(covariance).Evd(Symmetricity.Symmetric);
        var vectors = decomposition.EigenVectors;
        var scaled = vectors.Clone();
        for (int k = 0; k < vectors.ColumnCount; k++)
            scaled.SetColumn(k, vectors.Column(k) * Math.Sqrt(Math.Max(0, decomposition.EigenValues[k].Real)));
        return scaled.TransposeAndMultiply(vectors);
    }

    private static Matrix<double> Symmetric(Matrix<double> matrix) => (matrix + matrix.Transpose()) / 2;
}
