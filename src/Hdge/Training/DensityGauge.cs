namespace Hdge.Training;

/// <summary>
/// Which constant is added to all logits of an image, when a network is trained. Probabilities do not depend on it, so cross-entropy leaves it free; the log-density, LogSumExp of the logits, carries it.
/// </summary>
public enum DensityGauge
{
    /// <summary>
    /// <see cref="Centred"/> where the last layer alone is trained: a linear network over features, a frozen one. Else whichever log-density tells held-out images from outliers better (those of
    /// <see cref="Detection.DetectionOptions"/>, or distorted held-out images), <see cref="Raw"/> with fewer than 50 of them. Raw where the objective trains log q(x) itself.
    /// </summary>
    Auto,

    /// <summary>The logits' mean over the classes is 0: it is subtracted from the last layer's weights.</summary>
    Centred,

    /// <summary>The logits stay as training leaves them.</summary>
    Raw,
}
