using Hdge.Data;

namespace Hdge.Robustness;

/// <summary>What <see cref="Pgd.Attack"/> found, one entry an image.</summary>
public sealed class PgdResult
{
    internal PgdResult(ImageSet images, double[] cleanLoss, double[] loss, double[] distance) =>
        (Images, CleanLoss, Loss, Distance) = (images, cleanLoss, loss, distance);

    /// <summary>The worst image found for each: the one of highest loss (of lowest in a targeted attack), as pixel values with the labels of the attacked images. The image itself where nothing was worse.</summary>
    public ImageSet Images { get; }

    /// <summary>Cross-entropy of the attacked images in nats: −log q(label|x), or −log q(target|x) in a targeted attack.</summary>
    public IReadOnlyList<double> CleanLoss { get; }

    /// <summary>The same of <see cref="Images"/>: never below <see cref="CleanLoss"/>, never above it in a targeted attack.</summary>
    public IReadOnlyList<double> Loss { get; }

    /// <summary>
    /// Smallest distance, in the attack's norm and pixel values, of an image seen on the way that breaks the classification (reaches the target): 0 where the
    /// image itself does, +∞ where none was found. It is not always <see cref="Images"/> that breaks it: with three classes or more the highest loss can be where the label still leads.
    /// </summary>
    public IReadOnlyList<double> Distance { get; }

    /// <summary>Share of the images whose classification was broken, 0..1: 1 − accuracy under this attack, or the success rate of a targeted one. 0 without images.</summary>
    public double BrokenShare => Distance.Count == 0 ? 0 : Distance.Count(double.IsFinite) / (double)Distance.Count;
}
