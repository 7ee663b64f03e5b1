using Hdge.Data;

namespace Hdge.Detection;

/// <summary>What scores are compared on: held-out images, and outliers by their kind. Made when first asked for, and once.</summary>
internal sealed class AutoImages(ImageSet heldOut, ImageSet? given, int seed)
{
    private const int Largest = 1000; // images a kind: the AUROC's standard error is then about 0.01, and fitting stays quick

    private readonly Lazy<ImageSet> _known = new(() => AutoScore.Sample(heldOut, Largest, seed));
    private IReadOnlyList<(string Kind, ImageSet Images)>? _outliers;

    /// <summary>At most 1,000 of the held-out images.</summary>
    public ImageSet Known => _known.Value;

    /// <summary>Those given as one kind, or else the kinds made of <see cref="Known"/>.</summary>
    public IReadOnlyList<(string Kind, ImageSet Images)> Outliers => _outliers ??= given is not null ? [("given", given)] : PseudoOutliers.Of(Known, seed);
}
