using System.Text.Json.Serialization;

namespace Hdge.Detection;

/// <summary>
/// The name of a score that tells images like the training images from others; of all of them, higher is more in-distribution. Names are equal where their text is. f(x) are
/// the logits, z the penultimate features. docs/detection.md has the formulas, papers and costs in one table, and how to add a score of one's own.
/// </summary>
[JsonConverter(typeof(DetectionScoreConverter))]
public sealed record DetectionScore
{
    private const int Longest = 64;

    private DetectionScore(string name) => Name = name;

    /// <summary>As on the command line, in files and in tables: "log-density".</summary>
    public string Name { get; }

    /// <summary>The score that tells held-out images best from outliers: from given ones, or from distorted held-out images (PseudoOutliers).</summary>
    public static DetectionScore Auto { get; } = new("auto");

    /// <summary>log q(x) = LogSumExp f(x), in nats up to a constant (Grathwohl et al. 2020; Liu and Abbeel 2020).</summary>
    public static DetectionScore LogDensity { get; } = new("log-density");

    /// <summary>LogSumExp of the logits less their mean over the classes, in nats: the log-density without the offset that all logits of an image share.</summary>
    public static DetectionScore CentredDensity { get; } = new("centred-density");

    /// <summary>T·LogSumExp(f(x) / T), T the calibrated temperature unless its settings say otherwise (Liu et al. 2020).</summary>
    public static DetectionScore Energy { get; } = new("energy");

    /// <summary>max softmax f(x), 1/C..1 (Hendrycks and Gimpel 2017).</summary>
    public static DetectionScore MaxProbability { get; } = new("max-probability");

    /// <summary>max f(x) (Hendrycks et al. 2022).</summary>
    public static DetectionScore MaxLogit { get; } = new("max-logit");

    /// <summary>Negative entropy Σ p log p of softmax f(x), −log C..0 nats.</summary>
    public static DetectionScore Entropy { get; } = new("entropy");

    /// <summary>Negative generalised entropy −Σ p^γ (1 − p)^γ over the M largest probabilities (Liu, Lochman and Zach 2023, equation 4).</summary>
    public static DetectionScore Gen { get; } = new("gen");

    /// <summary>−min over classes of (z − μ_y)ᵀ Σ⁻¹ (z − μ_y), Σ the covariance within classes (Lee et al. 2018). Needs fitting.</summary>
    public static DetectionScore Mahalanobis { get; } = new("mahalanobis");

    /// <summary>The Mahalanobis score less that of one Gaussian around all training features (Ren et al. 2021). Needs fitting.</summary>
    public static DetectionScore RelativeMahalanobis { get; } = new("relative-mahalanobis");

    /// <summary>The Mahalanobis score on z/‖z‖ (Mahalanobis++, Mueller and Hein 2025). Needs fitting.</summary>
    public static DetectionScore NormalizedMahalanobis { get; } = new("normalized-mahalanobis");

    /// <summary>The relative Mahalanobis score on z/‖z‖ (Mueller and Hein 2025). Needs fitting.</summary>
    public static DetectionScore NormalizedRelativeMahalanobis { get; } = new("normalized-relative-mahalanobis");

    /// <summary>−distance of z/‖z‖ to the k-th nearest of the stored training features, −2..0 (Sun et al. 2022). Needs fitting.</summary>
    public static DetectionScore NearestNeighbors { get; } = new("nearest-neighbors");

    /// <summary>LogSumExp f(x) times the mean, over the best of the stored training features, of cosine times their LogSumExp (NNGuide, Park et al. 2023). Needs fitting.</summary>
    public static DetectionScore NnGuide { get; } = new("nn-guide");

    /// <summary>Mean over the stored training images of the cosine of features, 0 or more, times the product of the class probabilities (Kim et al. 2023). Needs fitting.</summary>
    public static DetectionScore Relation { get; } = new("relation");

    /// <summary>Mean distance of z to the boundaries of the predicted class, over its distance to the training mean (fDBD, Liu and Qin 2024). Needs fitting.</summary>
    public static DetectionScore Fdbd { get; } = new("fdbd");

    /// <summary>How far z points from the training mean to the weight of the predicted class, plus α‖z‖₁ (NCI, Liu and Qin 2025). Needs fitting.</summary>
    public static DetectionScore Nci { get; } = new("nci");

    /// <summary>LogSumExp f(x) − α·‖part of z outside the principal subspace‖ (virtual-logit matching, Wang et al. 2022). Needs fitting.</summary>
    public static DetectionScore Vim { get; } = new("vim");

    /// <summary>LogSumExp of the logits of min(z, c), c a percentile of the training features (Sun, Guo and Li 2021). Needs fitting.</summary>
    public static DetectionScore ReAct { get; } = new("re-act");

    /// <summary>LogSumExp of the logits of the largest features alone, scaled up (ASH-S, Djurisic et al. 2023).</summary>
    public static DetectionScore Ash { get; } = new("ash");

    /// <summary>LogSumExp of the logits of z·eʳ, r the sum of all features over that of the largest (SCALE, Xu et al. 2024).</summary>
    public static DetectionScore Scale { get; } = new("scale");

    /// <summary>How sure the class is and how well the image's turns are told (RotPred, Hendrycks et al. 2019). Only for models that were trained with a rotation head. Three forward passes more.</summary>
    public static DetectionScore Rotation { get; } = new("rotation");

    /// <summary>Several scores, calibrated on held-out images against outliers and put together. Needs fitting.</summary>
    public static DetectionScore Combination { get; } = new("combination");

    /// <summary>Mean rank, 0..1, that several scores have among those of held-out images. Needs fitting.</summary>
    public static DetectionScore RankAverage { get; } = new("rank-average");

    /// <summary>−log ‖∇ₓ LogSumExp f(x)‖₂, the "approximate mass" of the JEM paper (Grathwohl et al. 2020, section 5.3). One backward pass more.</summary>
    public static DetectionScore ApproximateMass { get; } = new("approximate-mass");

    /// <summary>Largest softmax(f / T) after a small step towards the predicted class (ODIN, Liang et al. 2018). One backward and one forward pass more.</summary>
    public static DetectionScore Odin { get; } = new("odin");

    /// <summary>log p(x) in nats of the image's pixels, for a network that predicts them. Fails against images simpler than those trained on.</summary>
    public static DetectionScore LogLikelihood { get; } = new("log-likelihood");

    /// <summary>log₂ p(x) and the bits of the image as a PNG file together (Serrà et al. 2020), for a network that predicts pixels.</summary>
    public static DetectionScore ComplexityCorrected { get; } = new("complexity-corrected");

    /// <summary>The score of a name: one of the above, or of a detector of one's own.</summary>
    /// <param name="name">1 to 64 lower-case letters a..z, digits, and hyphens between them.</param>
    /// <exception cref="ArgumentException">It is no such name.</exception>
    public static DetectionScore Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsName(name)
            ? new(name)
            : throw new ArgumentException($"'{name}' cannot name a score, expected 1 to {Longest} lower-case letters a..z, digits, and hyphens between them.", nameof(name));
    }

    internal static bool IsName(string name) => name.Length is > 0 and <= Longest && name[0] != '-' && name[^1] != '-' && name.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-');

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
