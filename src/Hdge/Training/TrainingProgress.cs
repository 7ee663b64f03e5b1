using System.Globalization;

namespace Hdge.Training;

/// <summary>How far a run is, within an epoch.</summary>
/// <param name="Epoch">Epoch under way, 1-based.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="ImagesPerSecond">Images trained on a second since the last report, or since the epoch began where that is later.</param>
/// <param name="Elapsed">Time since training began, before a resumption included.</param>
/// <param name="Remaining">Time left for all epochs, at the mean speed so far, validation and checkpoints included; without the calibration at the end.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, int Step, int Steps, double ImagesPerSecond, TimeSpan Elapsed, TimeSpan Remaining)
{
    /// <summary>Share of the run's steps that are done, (0, 1].</summary>
    public double Share => ((Epoch - 1.0) * Steps + Step) / ((double)Epochs * Steps);

    /// <summary>One line for a log, the same in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"epoch {Epoch}/{Epochs}, step {Step}/{Steps}: {100 * Share:F1} % done, {ImagesPerSecond:F0} images/s, {TimeSpan.FromSeconds(Math.Ceiling(Remaining.TotalSeconds)):c} left");
}
