using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>softmax(w ∘ (f(x) − mean f(x)) + b) (vector scaling, Guo et al. 2017, section 4.2).</summary>
internal sealed class VectorCalibrator : AffineCalibrator
{
    [JsonConstructor]
    internal VectorCalibrator(int classCount, ReadOnlyMemory<float> weights, ReadOnlyMemory<float> biases) : base(classCount, weights, classCount, biases)
    {
    }

    /// <summary>The lowest negative log-likelihood with penalties that hold the weights of a class without images: docs/calibration.md.</summary>
    /// <param name="data">Held-out images.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static VectorCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        var (weights, biases) = AffineScaling.Fit(data, full: false, cancellationToken);
        return new(data.ClassCount, weights, biases);
    }

    private protected override double Logit(int c, ReadOnlySpan<float> logits, double mean, ReadOnlySpan<float> weights, double bias) => weights[c] * (logits[c] - mean) + bias;
}
