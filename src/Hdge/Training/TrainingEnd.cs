using System.Globalization;

namespace Hdge.Training;

/// <summary>How the epochs of a training run ended.</summary>
public sealed record TrainingEnd
{
    /// <summary>Epochs that were run.</summary>
    public required int Epochs { get; init; }

    /// <summary>Epochs that were asked for; more than <see cref="Epochs"/> where the run was stopped early or cancelled.</summary>
    public required int AskedFor { get; init; }

    /// <summary>The epoch whose weights the model has.</summary>
    public required EpochMetrics Kept { get; init; }

    /// <summary>One line for a log, the same in every culture.</summary>
    public override string ToString()
    {
        string accuracy = Kept.ValidationAccuracy is { } share ? string.Create(CultureInfo.InvariantCulture, $", with a validation accuracy of {100 * share:F1} %") : "";
        return $"Training ended after {Epochs} of {AskedFor} epochs: the model is that of epoch {Kept.Epoch}{accuracy}.";
    }
}
