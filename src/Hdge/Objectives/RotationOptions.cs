using Hdge.Data;
using Hdge.Networks;

namespace Hdge.Objectives;

/// <summary>
/// A second linear head on the features that tells by which of 0, 90, 180 and 270 degrees an image was turned, trained beside the objective by its cross-entropy (Hendrycks et al. 2019, section 3; "RotPred").
/// It stays with the model, for the score <see cref="Detection.DetectionScore.Rotation"/>. For square images that have an upright side.
/// </summary>
public sealed record RotationOptions
{
    /// <summary>Weight of the head's cross-entropy. Above 0, finite. Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Shows each image by all four turns, as published; the default shows one, drawn anew each time, which makes a step cost twice as much as without, and not five times.</summary>
    public bool AllTurns { get; init; }

    internal void Validate(NetworkOptions network, ImageShape shape)
    {
        Argument.Require(Weight > 0 && double.IsFinite(Weight), Weight, "a finite number above 0");
        if (network.TakesFeatures || shape.Height != shape.Width)
            throw new ArgumentException($"{nameof(ObjectiveOptions)}.{nameof(ObjectiveOptions.Rotation)} turns square images, found {shape}; expected none.");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
