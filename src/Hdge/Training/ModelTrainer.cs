using Hdge.Calibration;
using Hdge.Data;

namespace Hdge.Training;

/// <summary>Trains a classifier from labelled images: the loop over epochs, its validation, and the calibration at its end.</summary>
public static class ModelTrainer
{
    private const int FewHeldOut = 100; // below it the flagged share of 5 % has a standard deviation above 2 %

    /// <summary>
    /// Trains a network on <paramref name="images"/> and calibrates it on the held-out part. The result scores on the device it was trained on;
    /// dispose of it.
    /// </summary>
    /// <param name="images">At least two images; at least two classes must occur.</param>
    /// <param name="options">Everything the run depends on.</param>
    /// <param name="callbacks">What it tells while it goes on. Default nothing.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the images are too few or of one class.</exception>
    /// <exception cref="InvalidDataException">The checkpoint to resume from is damaged.</exception>
    /// <exception cref="IOException">A checkpoint is there already and <see cref="CheckpointOptions.Resume"/> is not set, or there is no folder or no room for one.
    /// Where one cannot be written later the run goes on, and says so in the log.</exception>
    /// <exception cref="DivergenceException">The loss is no longer finite or has exploded; the exception holds the last good model.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and <see cref="TrainingOptions.OnCancel"/> is to throw, or no epoch was whole yet.</exception>
    public static HdgeModel Train(ImageSet images, TrainingOptions options, TrainingCallbacks? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        callbacks ??= new();
        Libtorch.EnsureLoaded();
        options.Validate(images.Shape);
        int classes = images.Labels.ToArray().Distinct().Count();
        if (images.Count < 2 || classes < 2)
            throw new ArgumentException($"Training needs images of at least 2 classes, found {images.Count} images of {classes}.", nameof(images));
        var device = Devices.Resolve(options.Device);
        using var threads = TorchThreads.UseFor(options.Threads);
        using var on = Autograd.On();
        var (train, heldOut) = images.Split(options.ValidationFraction, Seeds.Mix(options.Seed, SeedStream.HeldOutImages));
        if (HeldOutWarning(heldOut.Count, options) is { } warning)
            callbacks.Log?.Invoke(warning);
        options = options with { Scaling = options.Network.ScalingFor(train, options.Scaling) };
        var network = options.Network.Create(images.Shape, images.ClassCount, Seeds.Mix(options.Seed, SeedStream.NetworkWeights));
        var precision = PrecisionChoice.Of(options.Precision, network, device, nameof(TrainingOptions.Precision));
        var scoring = PrecisionChoice.Of(options.ScoringPrecision, network, device, nameof(TrainingOptions.ScoringPrecision));
        options = options with { Precision = precision.Precision, ScoringPrecision = scoring.Precision }; // a checkpoint belongs to what was chosen
        var model = new HdgeModel(network, options.Scaling, device, options.ScoringPrecision, options.FlipAveraging);
        try
        {
            callbacks.Started?.Invoke(new TrainingStart
            {
                Device = device.ToString(),
                Network = options.Network,
                ParameterCount = network.parameters().Sum(p => p.numel()),
                Precision = precision.Precision,
                PrecisionReason = precision.Reason,
                Shape = images.Shape,
                TrainingImages = train.Count,
                HeldOutImages = heldOut.Count,
                ClassCount = classes,
            });
            var input = new RunInput(model, train, heldOut, options);
            TimeSpan elapsed;
            using (Tf32.During(device, options.AllowTf32))
            using (var run = new TrainingRun(input, callbacks))
            {
                run.Run(cancellationToken);
                elapsed = run.Elapsed;
            }
            // A model that is to be returned in any case is finished in any case.
            if (options.OnCancel == CancelBehavior.ReturnBestSoFar)
                Finish(input, callbacks.Epoch, elapsed, CancellationToken.None, cancellationToken);
            else
                Finish(input, callbacks.Epoch, elapsed, cancellationToken);
            if (callbacks.Log is { } log)
                foreach (string doubt in TrainingDoubts.Of(model, train, heldOut, options, options.OnCancel == CancelBehavior.ReturnBestSoFar ? CancellationToken.None : cancellationToken))
                    log(doubt);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Train(ImageSet, TrainingOptions, TrainingCallbacks, CancellationToken)"/>, with one callback alone.</summary>
    /// <param name="images">At least two images; at least two classes must occur.</param>
    /// <param name="options">Everything the run depends on.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    /// <param name="epoch">Called after each epoch on the calling thread; a resumed run calls it for the epochs before, too.</param>
    public static HdgeModel Train(ImageSet images, TrainingOptions options, Action<EpochMetrics>? epoch, CancellationToken cancellationToken = default) =>
        Train(images, options, new TrainingCallbacks { Epoch = epoch }, cancellationToken);

    /// <summary>What there is to say about the number of held-out images; null where they are enough or none were asked for.</summary>
    private static string? HeldOutWarning(int count, TrainingOptions options)
    {
        if (count >= FewHeldOut || options.ValidationFraction == 0)
            return null;
        string fraction = FormattableString.Invariant($"{nameof(TrainingOptions.ValidationFraction)} {options.ValidationFraction}");
        if (count == 0)
            return $"No image could be held out ({fraction}): confidences are not calibrated, the decision on what is in-distribution comes from the training images, and prediction sets hold every class. "
                + "Expected more images, at least two of a class, or a larger fraction.";
        double rate = options.InDistributionRate, deviation = Math.Sqrt(rate * (1 - rate) / count);
        return FormattableString.Invariant($"Only {count} images are held out ({fraction}), expected {FewHeldOut} or more: calibration, prediction sets and the decision on what is in-distribution come from so few. ")
            + FormattableString.Invariant($"The share of known images flagged, {1 - rate:P0} by {nameof(TrainingOptions.InDistributionRate)}, may be off by {100 * deviation:F0} percentage points and more.");
    }

    /// <summary>What follows the last step: range of the pixels, running averages for clean images, the linear layer where it has a stage of its own (which <paramref name="endLinearStage"/> ends after a whole epoch), temperature, decision and detectors.</summary>
    internal static void Finish(RunInput run, Action<EpochMetrics>? progress, TimeSpan elapsed, CancellationToken cancellationToken, CancellationToken endLinearStage = default)
    {
        var (model, train, heldOut, options) = run;
        model.Network.IsMixed = options.ScoringPrecision == Precision.Mixed; // what is fitted now belongs to that precision
        if (options.Augmentation.NoiseDeviation > 0 && model.Network.HasBatchNorm)
            RunningAverages.Refresh(model.Network, train, options, model.Device, cancellationToken);
        model.Network.eval();
        model.Scoring.Invalidate();
        model.TrainedRange = PixelRange.Of(options.Network.TakesFeatures, train, heldOut);
        if (options.Objective.FinalStage is { } stage)
        {
            LinearStage.Run(run, stage, progress, elapsed, cancellationToken, endLinearStage);
            model.Scoring.Invalidate();
        }
        if (heldOut.Count > 0)
            model.Calibrate(heldOut, options.InDistributionRate, options.CalibrationMethod, options.PredictionSets, Seeds.Mix(options.Seed, SeedStream.Calibration), cancellationToken);
        else
            model.Calibrate(train, options.InDistributionRate, CalibrationMethod.None, cancellationToken: cancellationToken);
        model.FitDetectors(train, heldOut.Count > 0 ? heldOut : train, options.Detection, options.InDistributionRate, Seeds.Mix(options.Seed, SeedStream.Detectors), cancellationToken);
    }
}
