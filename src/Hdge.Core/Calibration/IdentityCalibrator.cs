using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>softmax f(x), nothing changed.</summary>
public sealed class IdentityCalibrator : Calibrator
{
    [JsonConstructor]
    internal IdentityCalibrator(int classCount) : base(classCount)
    {
    }

    /// <inheritdoc/>
    public override CalibrationMethod Method => CalibrationMethod.None;

    private protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities) => Softmax.Of(logits, 1, probabilities);
}
