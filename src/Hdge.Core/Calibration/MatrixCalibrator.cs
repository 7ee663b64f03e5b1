using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>softmax(W (f(x) − mean f(x)) + b) (matrix scaling, Guo et al. 2017, section 4.2; regularised as in Kull et al. 2019).</summary>
internal sealed class MatrixCalibrator : AffineCalibrator
{
    [JsonConstructor]
    internal MatrixCalibrator(int classCount, ReadOnlyMemory<float> weights, ReadOnlyMemory<float> biases) : base(classCount, weights, checked(classCount * classCount), biases)
    {
    }

    /// <inheritdoc cref="VectorCalibrator.Fit"/>
    public static MatrixCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        var (weights, biases) = AffineScaling.Fit(data, full: true, cancellationToken);
        return new(data.ClassCount, weights, biases);
    }

    private protected override double Logit(int c, ReadOnlySpan<float> logits, double mean, ReadOnlySpan<float> weights, double bias)
    {
        var row = weights.Slice(c * logits.Length, logits.Length);
        double logit = bias;
        for (int k = 0; k < row.Length; k++)
            logit += row[k] * (logits[k] - mean);
        return logit;
    }
}
