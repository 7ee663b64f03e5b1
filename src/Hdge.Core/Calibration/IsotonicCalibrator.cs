using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>The steps rise: <see cref="IsotonicRegression"/>.</summary>
public sealed class IsotonicCalibrator : OneVersusRestCalibrator
{
    [JsonConstructor]
    internal IsotonicCalibrator(int classCount, IReadOnlyList<StepFunction> steps) : base(classCount, steps)
    {
    }

    /// <inheritdoc/>
    public override CalibrationMethod Method => CalibrationMethod.Isotonic;
}
