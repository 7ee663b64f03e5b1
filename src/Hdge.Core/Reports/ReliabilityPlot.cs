namespace Hdge.Reports;

/// <summary>A reliability diagram: how often the model is right among images of like confidence.</summary>
/// <param name="Name">Which probabilities: "Before calibration".</param>
/// <param name="Bins">At least one, some of them with images.</param>
/// <param name="ExpectedCalibrationError">0..1.</param>
public sealed record ReliabilityPlot(string Name, IReadOnlyList<ReliabilityPlotBin> Bins, double ExpectedCalibrationError)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

/// <summary>A bin (Low, High] of a reliability diagram; without images its means are ignored.</summary>
/// <param name="Low">Lower edge, 0..1.</param>
/// <param name="High">Upper edge, above <paramref name="Low"/>, at most 1.</param>
/// <param name="Count">Images in it.</param>
/// <param name="MeanConfidence">Mean confidence of them, 0..1.</param>
/// <param name="Accuracy">Share of them classified right, 0..1.</param>
public readonly record struct ReliabilityPlotBin(double Low, double High, long Count, double MeanConfidence, double Accuracy)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}
