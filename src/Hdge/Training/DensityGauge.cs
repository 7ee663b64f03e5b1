namespace Hdge.Training;

/// <summary>
/// Which constant is added to all logits of an image, when a network is trained. Probabilities do not depend on it, so cross-entropy leaves it free; the log-density, LogSumExp of the logits, carries it.
/// </summary>
public enum DensityGauge
{
    /// <summary>
    /// <see cref="Centred"/> or <see cref="Raw"/>, whichever log-density tells held-out images from outliers better (those of <see cref="Detection.DetectionOptions"/>, or distorted held-out images). Raw where the
    /// objective trains log q(x) itself.
    /// </summary>
    Auto,

    /// <summary>The logits' mean over the classes is 0: it is subtracted from the last layer's weights.</summary>
    Centred,

    /// <summary>The logits stay as training leaves them.</summary>
    Raw,
}
