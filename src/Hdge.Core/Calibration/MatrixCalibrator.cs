using System.Text.Json.Serialization;
using Hdge.Persistence;

namespace Hdge.Calibration;

/// <summary>softmax(W (f(x) − mean f(x)) + b) (matrix scaling, Guo et al. 2017, section 4.2; regularised as in Kull et al. 2019). May change the predicted class.</summary>
public sealed class MatrixCalibrator : Calibrator
{
    [JsonConstructor]
    internal MatrixCalibrator(int classCount, ReadOnlyMemory<float> weights, ReadOnlyMemory<float> biases) : base(classCount)
    {
        Finite(weights, checked(classCount * classCount), nameof(Weights));
        Finite(biases, classCount, nameof(Biases));
        (Weights, Biases) = (weights, biases);
    }

    /// <summary>W, classes × classes, row after row: row c makes the logit of class c.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Weights { get; }

    /// <inheritdoc cref="VectorCalibrator.Biases"/>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Biases { get; }

    /// <inheritdoc cref="VectorCalibrator.Fit"/>
    public static MatrixCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (weights, biases) = AffineScaling.Fit(data, full: true, cancellationToken);
        return new(data.ClassCount, weights, biases);
    }

    /// <inheritdoc/>
    protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        ReadOnlySpan<float> weights = Weights.Span, biases = Biases.Span;
        double mean = AffineScaling.Mean(logits);
        for (int c = 0; c < logits.Length; c++)
        {
            var row = weights.Slice(c * logits.Length, logits.Length);
            double logit = biases[c];
            for (int k = 0; k < row.Length; k++)
                logit += row[k] * (logits[k] - mean);
            probabilities[c] = (float)logit;
        }
        CheckFinite(probabilities);
        Softmax(probabilities, probabilities);
    }
}
