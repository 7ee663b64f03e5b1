using System.Text.Json.Serialization;
using Hdge.Persistence;

namespace Hdge.Calibration;

/// <summary>softmax(w ∘ (f(x) − mean f(x)) + b) (vector scaling, Guo et al. 2017, section 4.2). May change the predicted class.</summary>
public sealed class VectorCalibrator : Calibrator
{
    [JsonConstructor]
    internal VectorCalibrator(int classCount, ReadOnlyMemory<float> weights, ReadOnlyMemory<float> biases) : base(classCount)
    {
        Finite(weights, classCount, nameof(Weights));
        Finite(biases, classCount, nameof(Biases));
        (Weights, Biases) = (weights, biases);
    }

    /// <summary>w, one a class.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>b in nats, one a class.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Biases { get; }

    /// <summary>The lowest penalised negative log-likelihood: <see cref="AffineScaling"/>.</summary>
    /// <param name="data">Held-out images.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static VectorCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (weights, biases) = AffineScaling.Fit(data, full: false, cancellationToken);
        return new(data.ClassCount, weights, biases);
    }

    /// <inheritdoc/>
    protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        ReadOnlySpan<float> weights = Weights.Span, biases = Biases.Span;
        double mean = AffineScaling.Mean(logits);
        for (int c = 0; c < logits.Length; c++)
            probabilities[c] = (float)(weights[c] * (logits[c] - mean) + biases[c]);
        CheckFinite(probabilities);
        Softmax(probabilities, probabilities);
    }
}
