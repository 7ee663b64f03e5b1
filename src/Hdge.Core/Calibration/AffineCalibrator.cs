using System.Text.Json.Serialization;
using Hdge.Persistence;

namespace Hdge.Calibration;

/// <summary>softmax of an affine function of f(x) − mean f(x). May change the predicted class.</summary>
internal abstract class AffineCalibrator : Calibrator
{
    private protected AffineCalibrator(int classCount, ReadOnlyMemory<float> weights, int weightCount, ReadOnlyMemory<float> biases) : base(classCount)
    {
        Finite(weights, weightCount, nameof(Weights));
        Finite(biases, classCount, nameof(Biases));
        (Weights, Biases) = (weights, biases);
    }

    /// <summary>The factors: of <see cref="VectorCalibrator"/> one a class; of <see cref="MatrixCalibrator"/> classes × classes, row after row: row c makes the logit of class c.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>b in nats, one a class.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Biases { get; }

    /// <inheritdoc/>
    protected sealed override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        ReadOnlySpan<float> weights = Weights.Span, biases = Biases.Span;
        double mean = AffineScaling.Mean(logits);
        for (int c = 0; c < logits.Length; c++)
            probabilities[c] = (float)Logit(c, logits, mean, weights, biases[c]);
        CheckFinite(probabilities);
        Softmax(probabilities, probabilities);
    }

    /// <summary>The calibrated logit of a class.</summary>
    private protected abstract double Logit(int c, ReadOnlySpan<float> logits, double mean, ReadOnlySpan<float> weights, double bias);
}
