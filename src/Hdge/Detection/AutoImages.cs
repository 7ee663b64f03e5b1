using Hdge.Data;

namespace Hdge.Detection;

/// <summary>What scores are compared on: held-out images, and outliers by their kind.</summary>
internal sealed class AutoImages(HdgeModel model, ImageSet heldOut, ImageSet? given, int seed)
{
    private const int Largest = 1000; // images a kind: the AUROC's standard error is then about 0.01, and fitting stays quick
    private const int MostValues = 1 << 26; // of large images fewer: a quarter of a gigabyte a kind, which are made one after another

    private readonly Lazy<ImageSet> _known = new(() => AutoScore.Sample(model, heldOut, Math.Clamp(MostValues / heldOut.Shape.Length, 1, Largest), seed));

    /// <summary>At most 1,000 of the held-out images.</summary>
    public ImageSet Known => _known.Value;

    /// <summary>Those given as one kind, or else the kinds made of <see cref="Known"/>; a kind is made when it is asked for.</summary>
    public IReadOnlyList<Func<ImageSet>> Outliers => given is not null ? [() => given] : [.. PseudoOutliers.Of(Known, seed).Select(o => o.Make)];
}
