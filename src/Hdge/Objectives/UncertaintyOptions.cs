using Hdge.Networks;

namespace Hdge.Objectives;

/// <summary>
/// A term beside an objective that trains the network to know no class of images made of the batch's: λ·KL(uniform ‖ softmax f(x̃)), the mean over the made images, as ASCOOD has it (Regmi 2025, "Image-based Outlier Synthesis With
/// Training Data", section 3; the published code's λ is 1). What it is worth for kinds that it was not shown is another question: docs/method.md.
/// </summary>
public sealed record UncertaintyOptions
{
    /// <summary>λ. Above 0, finite. Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Kinds of images to be made of those of the batch, one kind an image, as many as there are images: a second forward pass. At least one. Default <see cref="MadeKind.Salient"/>, as published.</summary>
    public IReadOnlyList<MadeKind> Made { get; init; } = [MadeKind.Salient];

    internal void Validate(NetworkOptions network)
    {
        Argument.Require(Weight > 0 && double.IsFinite(Weight), Weight, "a finite number above 0");
        ArgumentNullException.ThrowIfNull(Made);
        if (Made.Count == 0)
            throw new ArgumentException($"{nameof(UncertaintyOptions)}.{nameof(Made)} is empty, expected at least one kind of {string.Join(", ", Enum.GetNames<MadeKind>())}.");
        MadeImages.Validate(Made, network, nameof(UncertaintyOptions));
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
