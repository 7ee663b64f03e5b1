using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Hdge.Metrics;

/// <summary>Mean and covariance of vectors of features, in double precision.</summary>
public sealed class FeatureMoments
{
    private FeatureMoments(int count, Vector<double> mean, Matrix<double> covariance) => (Count, Mean, MeanVector, CovarianceMatrix) = (count, mean.ToArray(), mean, covariance);

    /// <summary>Vectors.</summary>
    public int Count { get; }

    /// <summary>Numbers a vector.</summary>
    public int Length => MeanVector.Count;

    /// <summary>The mean.</summary>
    public IReadOnlyList<double> Mean { get; }

    internal Vector<double> MeanVector { get; }

    internal Matrix<double> CovarianceMatrix { get; }

    /// <summary>Covariance of two features, over count − 1.</summary>
    public double Covariance(int first, int second) => CovarianceMatrix[first, second];

    /// <summary>Moments of some vectors.</summary>
    /// <param name="features">Count × length, vector after vector, finite.</param>
    /// <param name="count">Vectors, at least 2.</param>
    /// <exception cref="ArgumentException">There are fewer vectors, the length is no multiple, or a value is not finite.</exception>
    public static FeatureMoments Of(ReadOnlySpan<float> features, int count)
    {
        Argument.Require(count >= 2, count, "at least 2 vectors");
        if (features.Length == 0 || features.Length % count != 0)
            throw new ArgumentException($"There are {features.Length} values for {count} vectors, expected a multiple.", nameof(features));
        int length = features.Length / count;
        var rows = new DenseMatrix(count, length);
        for (int i = 0; i < features.Length; i++)
            rows[i / length, i % length] = float.IsFinite(features[i]) ? features[i]
                : throw new ArgumentException(FormattableString.Invariant($"Feature {i % length} of vector {i / length} is {features[i]}, expected a finite number."), nameof(features));
        var mean = rows.ColumnSums() / count;
        for (int i = 0; i < count; i++)
            rows.SetRow(i, rows.Row(i) - mean);
        return new(count, mean, rows.TransposeThisAndMultiply(rows) / (count - 1));
    }
}
