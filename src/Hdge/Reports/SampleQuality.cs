using System.Globalization;
using Hdge.Data;
using Hdge.Metrics;
using static TorchSharp.torch;

namespace Hdge.Reports;

/// <summary>
/// How much drawn images are like real ones to a network of one's own: the Fréchet distance of its features and the diversity of its classes. Neither is FID nor the Inception Score, which are defined by the weights of one network;
/// figures of different judges, or of different numbers of images, cannot be compared.
/// </summary>
public sealed record SampleQuality
{
    /// <summary>Fewest drawn images, and fewest real ones of each half.</summary>
    public const int FewestImages = 10;

    /// <summary>Images compared on each side: as many as were drawn, or half of the real ones where those are fewer.</summary>
    public required int Count { get; init; }

    /// <summary>Features of the judge.</summary>
    public required int FeatureCount { get; init; }

    /// <summary><see cref="Metrics.FrechetDistance"/> between drawn and real images, at least 0. Too large where images are few: compare it with <see cref="Floor"/>.</summary>
    public required double Distance { get; init; }

    /// <summary>The same between as many real images and as many other real ones: what is left of the distance where nothing is wrong.</summary>
    public required double Floor { get; init; }

    /// <summary><see cref="ClassDiversity"/> of the drawn images, 1..classes. Too small where images are few.</summary>
    public required double Diversity { get; init; }

    /// <summary>The same of as many real ones.</summary>
    public required double RealDiversity { get; init; }

    /// <summary>Compares images drawn from a model with real ones.</summary>
    /// <param name="judge">The network whose features and probabilities are looked at; any classifier that takes such images.</param>
    /// <param name="drawn">At least <see cref="FewestImages"/> images of the judge's shape.</param>
    /// <param name="real">At least twice as many as <see cref="FewestImages"/>, best twice as many as were drawn; which of them are taken is drawn by seed.</param>
    /// <param name="seed">Seed of the choice. Default 0.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    /// <exception cref="ArgumentException">There are too few images, or they have another shape.</exception>
    public static SampleQuality Of(HdgeModel judge, ImageSet drawn, ImageSet real, int seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(judge);
        ArgumentNullException.ThrowIfNull(drawn);
        ArgumentNullException.ThrowIfNull(real);
        int count = Math.Min(drawn.Count, real.Count / 2);
        if (count < FewestImages)
            throw new ArgumentException($"There are {drawn.Count} drawn images and {real.Count} real ones, expected at least {FewestImages} and {2 * FewestImages}.");
        foreach (var (set, name) in new[] { (drawn, nameof(drawn)), (real, nameof(real)) })
            if (set.Shape != judge.InputShape)
                throw new ArgumentException($"The {name} images are {set.Shape}, the judge takes {judge.InputShape}.", name);
        int[] order = [.. Enumerable.Range(0, real.Count)];
        new Random(seed).Shuffle(order);
        var ofDrawn = Look(judge, drawn.Take(count), cancellationToken);
        var ofReal = Look(judge, real.Subset(order.AsSpan(0, count)), cancellationToken);
        var others = Look(judge, real.Subset(order.AsSpan(count, count)), cancellationToken);
        return new()
        {
            Count = count,
            FeatureCount = ofReal.Moments.Length,
            Distance = FrechetDistance.Of(ofDrawn.Moments, ofReal.Moments),
            Floor = FrechetDistance.Of(others.Moments, ofReal.Moments),
            Diversity = ofDrawn.Diversity,
            RealDiversity = ofReal.Diversity,
        };
    }

    /// <summary>As a table for a report, beside the images.</summary>
    public MetricTable Table() => new("Drawn images to the judging network", ["Fréchet distance", "class diversity"], [new("drawn", [Distance, Diversity]), new("real", [Floor, RealDiversity])])
    {
        RowHeading = "Images",
        HigherIsBetter = null,
        Note = Note,
    };

    /// <summary>What the numbers can bear, in a sentence or two.</summary>
    public string Note => string.Create(CultureInfo.InvariantCulture,
        $"Of {Count} images each, by {FeatureCount} features. In the row of real images the distance is between {Count} of them and {Count} others: with so many images no drawn ones could be expected to come nearer. ")
        + (Count < FeatureCount ? "There are fewer images than features: most of the distance is the small sample's. " : "")
        + "Not FID and not the Inception Score: those are by one network's weights. Compare with figures of the same network and as many images alone.";

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);

    private static (FeatureMoments Moments, double Diversity) Look(HdgeModel judge, ImageSet images, CancellationToken cancellationToken)
    {
        using var use = judge.Use();
        var (logits, features) = judge.LogitsAndFeatures(images, cancellationToken);
        using (features)
        using (var host = features.cpu().contiguous())
            return (FeatureMoments.Of(TensorMemory.Span<float>(host), images.Count), ClassDiversity.Of(HdgeModel.Uncalibrated(logits, judge.ClassCount), judge.ClassCount));
    }
}
