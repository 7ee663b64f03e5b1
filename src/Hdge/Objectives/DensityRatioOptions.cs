using Hdge.Networks;

namespace Hdge.Objectives;

/// <summary>
/// A term beside an objective that trains the log-density as a logistic density ratio (noise-contrastive estimation, Gutmann and Hyvärinen 2010): λ·[mean softplus(−(a·s(x) − b)) + mean
/// softplus(a·s(x̃) − b)], s = LogSumExp of the logits less their mean over the classes, a and b trained numbers (from 1 and 0), x̃ what is not like the training images. s then estimates
/// log p(x) / p(x̃), so what it tells apart is what it was shown: docs/method.md has the measurements with kinds left out.
/// </summary>
public sealed record DensityRatioOptions
{
    /// <summary>λ. Above 0, finite. Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>
    /// Negatives each of whose penultimate features comes from another image of the batch, drawn anew for each feature: what each feature is like stays, how they go together does not. Costs a pass of the
    /// last layer. Default true.
    /// </summary>
    public bool ShuffledFeatures { get; init; } = true;

    /// <summary>Whether the term trains the features, too; false trains the last layer alone. Default true.</summary>
    public bool TrainsFeatures { get; init; } = true;

    /// <summary>Kinds of negatives made of the images of the batch, one kind an image, as many as there are images, in one forward pass with them. For images alone. Default none.</summary>
    public IReadOnlyList<MadeKind> Made { get; init; } = [];

    internal void Validate(NetworkOptions network)
    {
        Argument.Require(Weight > 0 && double.IsFinite(Weight), Weight, "a finite number above 0");
        ArgumentNullException.ThrowIfNull(Made);
        if (!ShuffledFeatures && Made.Count == 0)
            throw new ArgumentException($"{nameof(DensityRatioOptions)} has neither {nameof(ShuffledFeatures)} nor {nameof(Made)}, expected one of them: without negatives there is no ratio.");
        MadeImages.Validate(Made, network, nameof(DensityRatioOptions));
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
