namespace Hdge.Calibration;

/// <summary>What a method reached in cross-validation.</summary>
/// <param name="Method">The method.</param>
/// <param name="NegativeLogLikelihood">Mean over images that the method was not fitted on, nats.</param>
/// <param name="StandardError">Standard error of its mean difference from the best method, image by image; 0 for the best.</param>
public sealed record CalibrationCandidate(CalibrationMethod Method, double NegativeLogLikelihood, double StandardError)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

/// <summary>A fitted calibrator and how it was chosen.</summary>
/// <param name="Calibrator">Fitted on all images.</param>
/// <param name="Candidates">The methods compared, simplest first; empty where the method was given by name or there were too few images to compare.</param>
public sealed record CalibratorFit(Calibrator Calibrator, IReadOnlyList<CalibrationCandidate> Candidates);
