using Hdge.Calibration;

namespace Hdge.Detection;

/// <summary>Calibrators that go by the score which decides: they follow it.</summary>
internal static class ScoreCalibration
{
    /// <summary>The calibrator fitted anew where it is such a one; else as it is.</summary>
    /// <param name="calibrator">Of the model.</param>
    /// <param name="logits">Of the held-out images; called at most once.</param>
    /// <param name="labels">Of the held-out images.</param>
    /// <param name="score">The score that decides.</param>
    /// <param name="scores">Of the held-out images.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Calibrator Refit(Calibrator calibrator, Func<float[]> logits, ReadOnlySpan<int> labels, DetectionScore score, float[] scores, CancellationToken cancellationToken) =>
        calibrator is DensityTemperatureCalibrator
            ? DensityTemperatureCalibrator.Fit(new LabelledLogits(logits(), labels, calibrator.ClassCount, score, scores), cancellationToken)
            : calibrator;
}
