namespace Hdge.Detection;

/// <summary>
/// Scores that tell images like the training images from others; of all of them, higher is more in-distribution. f(x) are the logits, z the penultimate
/// features. docs/detection.md has the formulas, papers and costs in one table.
/// </summary>
public enum DetectionScore
{
    /// <summary>The score that tells held-out images best from outliers: from given ones, or from distorted held-out images (PseudoOutliers).</summary>
    Auto,

    /// <summary>log q(x) = LogSumExp f(x), in nats up to a constant (Grathwohl et al. 2020; Liu and Abbeel 2020).</summary>
    LogDensity,

    /// <summary>T·LogSumExp(f(x) / T), T the calibrated temperature unless the detection options says otherwise (Liu et al. 2020).</summary>
    Energy,

    /// <summary>max softmax f(x), 1/C..1 (Hendrycks and Gimpel 2017).</summary>
    MaxProbability,

    /// <summary>max f(x) (Hendrycks et al. 2022).</summary>
    MaxLogit,

    /// <summary>Negative entropy Σ p log p of softmax f(x), −log C..0 nats.</summary>
    Entropy,

    /// <summary>Negative generalised entropy −Σ p^γ (1 − p)^γ over the M largest probabilities (Liu, Lochman and Zach 2023, equation 4).</summary>
    Gen,

    /// <summary>−min over classes of (z − μ_y)ᵀ Σ⁻¹ (z − μ_y), Σ the covariance within classes (Lee et al. 2018). Needs fitting.</summary>
    Mahalanobis,

    /// <summary>The Mahalanobis score less that of one Gaussian around all training features (Ren et al. 2021). Needs fitting.</summary>
    RelativeMahalanobis,

    /// <summary>−distance of z/‖z‖ to the k-th nearest of the stored training features, −2..0 (Sun et al. 2022). Needs fitting.</summary>
    NearestNeighbors,

    /// <summary>LogSumExp f(x) − α·‖part of z outside the principal subspace‖ (virtual-logit matching, Wang et al. 2022). Needs fitting.</summary>
    Vim,

    /// <summary>LogSumExp of the logits of min(z, c), c a percentile of the training features (Sun, Guo and Li 2021). Needs fitting.</summary>
    ReAct,

    /// <summary>LogSumExp of the logits of the largest features alone, scaled up (ASH-S, Djurisic et al. 2023).</summary>
    Ash,

    /// <summary>Mean rank, 0..1, that several scores have among those of held-out images. Needs fitting.</summary>
    RankAverage,

    /// <summary>−log ‖∇ₓ LogSumExp f(x)‖₂, the "approximate mass" of the JEM paper (Grathwohl et al. 2020, section 5.3). One backward pass more.</summary>
    ApproximateMass,

    /// <summary>Largest softmax(f / T) after a small step towards the predicted class (ODIN, Liang et al. 2018). One backward and one forward pass more.</summary>
    Odin,
}
