using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Objectives;

namespace Hdge.Training;

/// <summary>Trains representations of images without labels, by <see cref="GenerativeContrastiveOptions"/>.</summary>
public static class RepresentationTrainer
{
    /// <summary>Trains a network on images, of whose labels nothing is used. The result scores on the device it was trained on; dispose of it.</summary>
    /// <param name="images">At least two images.</param>
    /// <param name="options">
    /// Everything the run depends on: <see cref="TrainingPresets.GcrlFast"/> or <see cref="TrainingPresets.Gcrl"/>, changed as needed. Of <see cref="TrainingOptions.Detection"/> the scores must be
    /// among <see cref="RepresentationModel.Scores"/>; its default stands for <see cref="DetectionScore.LogLikelihood"/>, or nearest neighbours where no likelihood is trained. Calibration and
    /// prediction sets are of classes, and have no part.
    /// </param>
    /// <param name="callbacks">What it tells while it goes on. Default nothing.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    /// <exception cref="ArgumentException">An option is out of range, the objective needs labels, or there are too few images.</exception>
    /// <exception cref="DivergenceException">The loss is no longer finite or has exploded; it holds no model.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and <see cref="TrainingOptions.OnCancel"/> is to throw, or no epoch was whole yet.</exception>
    public static RepresentationModel Train(ImageSet images, TrainingOptions options, TrainingCallbacks? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        var run = Effective(options);
        try
        {
            var model = ModelTrainer.Train(images.WithoutLabels(), run, callbacks, cancellationToken);
            model.IsUnlabelled = true;
            return new RepresentationModel(model);
        }
        catch (DivergenceException error) when (error.LastGoodModel is { } good)
        {
            good.Dispose(); // it would pass for a classifier
            throw new DivergenceException(error.Epoch, error.Step, error.Loss, double.PositiveInfinity, null);
        }
    }

    /// <summary>Checks whether such options can train representations of images of <paramref name="shape"/>, before there are any.</summary>
    /// <exception cref="ArgumentException">An option is out of range, the objective needs labels, or a score needs classes.</exception>
    public static void Validate(TrainingOptions options, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(options);
        Effective(options).Validate(shape);
    }

    /// <summary>The options of the run: no linear layer, and a score that needs no classes.</summary>
    /// <exception cref="ArgumentException">The objective needs labels, or a score needs classes.</exception>
    private static TrainingOptions Effective(TrainingOptions options)
    {
        if (options.Objective is not GenerativeContrastiveOptions objective)
            throw new ArgumentException($"{nameof(TrainingOptions.Objective)} is {options.Objective}, which needs labels: expected {nameof(GenerativeContrastiveOptions)}, as in {nameof(TrainingPresets)}.{nameof(TrainingPresets.GcrlFast)}.");
        var usual = objective.Alpha > 0 ? DetectionScore.LogLikelihood : DetectionScore.NearestNeighbors;
        var detection = options.Detection with { Score = options.Detection.Score == new DetectionOptions().Score ? usual : options.Detection.Score };
        foreach (var score in detection.Also.Prepend(detection.Score))
            if (!RepresentationModel.Scores.Contains(score))
                throw new ArgumentException($"The score {score} needs classes, expected one that a model without labels can give: {string.Join(", ", RepresentationModel.Scores)}.");
        return options with { Objective = objective with { Unlabelled = true }, Detection = detection, CalibrationMethod = CalibrationMethod.None };
    }
}
