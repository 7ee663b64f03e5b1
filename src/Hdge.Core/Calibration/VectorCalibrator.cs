using System.Text.Json.Serialization;
using Hdge.Persistence;

namespace Hdge.Calibration;

/// <summary>softmax(w ∘ (f(x) − mean f(x)) + b): <see cref="AffineScaling"/>. May change the predicted class.</summary>
public sealed class VectorCalibrator : Calibrator
{
    [JsonConstructor]
    internal VectorCalibrator(int classCount, ReadOnlyMemory<float> weights, ReadOnlyMemory<float> biases) : base(classCount)
    {
        Finite(weights, classCount, nameof(Weights));
        Finite(biases, classCount, nameof(Biases));
        (Weights, Biases) = (weights, biases);
    }

    /// <inheritdoc/>
    public override CalibrationMethod Method => CalibrationMethod.Vector;

    /// <summary>w, one a class.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>b in nats, one a class.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Biases { get; }

    private protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        ReadOnlySpan<float> weights = Weights.Span, biases = Biases.Span;
        double mean = AffineScaling.Mean(logits);
        for (int c = 0; c < logits.Length; c++)
            probabilities[c] = (float)(weights[c] * (logits[c] - mean) + biases[c]);
        Softmax.Of(probabilities, 1, probabilities);
    }
}
