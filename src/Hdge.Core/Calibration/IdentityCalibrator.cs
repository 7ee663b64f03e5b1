using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>softmax f(x), nothing changed.</summary>
internal sealed class IdentityCalibrator : Calibrator
{
    [JsonConstructor]
    internal IdentityCalibrator(int classCount) : base(classCount)
    {
    }

    /// <summary>Nothing is fitted.</summary>
    /// <param name="data">Held-out images.</param>
    /// <param name="cancellationToken">Not looked at.</param>
    public static IdentityCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data.ClassCount);
    }

    /// <inheritdoc/>
    protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities) => Softmax(logits, probabilities);
}
