namespace Hdge.MLNet.Calibrating;

/// <summary>Names of the columns that a calibrator reads and writes.</summary>
/// <param name="Score">The scores it reads.</param>
/// <param name="Output">The probabilities it writes.</param>
/// <param name="PredictedLabel">The predicted class that it reads and replaces; null where it does not.</param>
internal sealed record CalibratedColumns(string Score, string Output, string? PredictedLabel);
