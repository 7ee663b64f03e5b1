namespace Hdge.Reports;

/// <summary>An image of the gallery, with what the model said of it.</summary>
/// <param name="Image">The image.</param>
/// <param name="TrueClass">Name of its class; empty when not known.</param>
/// <param name="PredictedClass">Name of the class the model gave it.</param>
/// <param name="Confidence">Calibrated probability of that class, 0..1.</param>
/// <param name="LogDensity">Log-density in nats. Default none.</param>
public sealed record GalleryImage(ReportImage Image, string TrueClass, string PredictedClass, double Confidence, double? LogDensity = null)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}
