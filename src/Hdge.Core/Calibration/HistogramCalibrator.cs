using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>The steps are equal bins: <see cref="HistogramBinning"/>.</summary>
public sealed class HistogramCalibrator : OneVersusRestCalibrator
{
    [JsonConstructor]
    internal HistogramCalibrator(int classCount, IReadOnlyList<StepFunction> steps) : base(classCount, steps)
    {
    }

    /// <inheritdoc/>
    public override CalibrationMethod Method => CalibrationMethod.Histogram;
}
