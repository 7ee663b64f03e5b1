namespace Hdge.Metrics;

/// <summary>How well one set of unknown images is told from the known ones.</summary>
/// <param name="Name">The set's name.</param>
/// <param name="Group">The group it belongs to, such as near or far.</param>
/// <param name="Detection">AUROC, AUPR-in, AUPR-out, false-positive rate and detection error of the score that decides on <paramref name="FlaggedShare"/>.</param>
/// <param name="FlaggedShare">Share flagged as unlike the training images, 0..1; higher is better.</param>
/// <param name="LogDensity">The same metrics of the log-density, whichever score decides; null where it is not known of both sides.</param>
public sealed record UnknownSetMetrics(string Name, string Group, DetectionMetrics Detection, double FlaggedShare, DetectionMetrics? LogDensity = null)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Name} ({Group}), {Detection.UnknownCount} images: AUROC {Detection.Auroc:F4}, false-positive rate {Detection.FalsePositiveRate:F4} at {Detection.TruePositiveRate:P0}, {FlaggedShare:P1} flagged");
}
