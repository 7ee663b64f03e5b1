namespace Hdge.Objectives;

/// <summary>Kinds of images made of others that are not like them.</summary>
public enum MadeKind
{
    /// <summary>Turned by a quarter, a half or three quarters; by a half where the sides differ. No outlier where images have no upright side.</summary>
    Rotated,

    /// <summary>2 × 2 or 4 × 4 patches in random order.</summary>
    Jigsaw,

    /// <summary>The mean of two images.</summary>
    Mixed,

    /// <summary>A rectangle of a ninth to four ninths of the area from another image.</summary>
    Pasted,

    /// <summary>The mean over a square of 7 × 7.</summary>
    Blurred,

    /// <summary>A smooth random field with the mean and the contrast of the image's channels.</summary>
    Smooth,

    /// <summary>
    /// The 15 % of the pixels that raise the logit of the image's class most, by Σ_c e^{∂f_y/∂x_c} over the channels, in random order (Regmi 2025, "Image-based Outlier Synthesis With Training Data", ASCOOD, section 3;
    /// the rule of the published code). Costs a forward and a backward pass more.
    /// </summary>
    Salient,
}
