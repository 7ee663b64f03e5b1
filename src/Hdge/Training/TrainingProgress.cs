using System.Globalization;

namespace Hdge.Training;

/// <summary>How far a run is, within an epoch.</summary>
public sealed record TrainingProgress
{
    /// <summary>Epoch under way, 1-based; 0 while the images pass a frozen network, once and before the first epoch (<see cref="Networks.Freeze.Backbone"/>): steps are images then.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs of the run.</summary>
    public required int Epochs { get; init; }

    /// <summary>Steps done in this epoch.</summary>
    public required int Step { get; init; }

    /// <summary>Steps of an epoch.</summary>
    public required int Steps { get; init; }

    /// <summary>Images trained on a second since the last report, or since the epoch began where that is later.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Time since training began, before a resumption included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Time left for all epochs, or for that pass, at the mean speed so far, validation and checkpoints included; without the calibration at the end.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>Share of the run's steps that are done, (0, 1]; 0 in that pass.</summary>
    public double Share => Epoch == 0 ? 0 : ((Epoch - 1.0) * Steps + Step) / ((double)Epochs * Steps);

    /// <summary>One line for a log, the same in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"epoch {Epoch}/{Epochs}, step {Step}/{Steps}: {100 * Share:F1} % done, {ImagesPerSecond:F0} images/s, {TimeSpan.FromSeconds(Math.Ceiling(Remaining.TotalSeconds)):c} left");
}
