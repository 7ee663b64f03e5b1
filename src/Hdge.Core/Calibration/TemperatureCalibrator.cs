using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>softmax(f(x) / T): <see cref="TemperatureScaling"/>. Never changes the predicted class.</summary>
public sealed class TemperatureCalibrator : Calibrator
{
    [JsonConstructor]
    internal TemperatureCalibrator(int classCount, double temperature) : base(classCount)
    {
        Valid(temperature > 0 && double.IsFinite(temperature), $"its temperature is {temperature}, expected a finite number above 0");
        Temperature = temperature;
    }

    /// <inheritdoc/>
    public override CalibrationMethod Method => CalibrationMethod.Temperature;

    /// <summary>T; above 1 where the network was too sure.</summary>
    public double Temperature { get; }

    private protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities) => Softmax.Of(logits, 1 / Temperature, probabilities);
}
