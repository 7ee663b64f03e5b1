using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Distributed;
using Hdge.Networks;
using Hdge.Pretraining;

namespace Hdge.Training;

/// <summary>Trains a classifier from labelled images: the loop over epochs, its validation, and the calibration at its end.</summary>
public static class ModelTrainer
{
    private const int SmallForPretrained = 64;
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
    /// <exception cref="InvalidOperationException">The other processes cannot be joined (<see cref="TrainingOptions.Distributed"/>).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and <see cref="TrainingOptions.OnCancel"/> is to throw, or no epoch was whole yet.</exception>
    public static HdgeModel Train(ImageSet images, TrainingOptions options, TrainingCallbacks? callbacks = null, CancellationToken cancellationToken = default) =>
        Train(images, validation: null, options, callbacks, cancellationToken);

    /// <summary>
    /// As <see cref="Train(ImageSet, TrainingOptions, TrainingCallbacks, CancellationToken)"/>, with held-out images of one's own: validation, early stopping, calibration, prediction sets, decision and detectors go by
    /// them, and all <paramref name="images"/> are trained on.
    /// </summary>
    /// <param name="images">At least two images; at least two classes must occur.</param>
    /// <param name="validation">At least one image, of the same shape and number of classes, none of which is trained on; their weights are not looked at. Null: <see cref="TrainingOptions.ValidationFraction"/> of the images are held out.</param>
    /// <param name="options">Everything the run depends on.</param>
    /// <param name="callbacks">What it tells while it goes on. Default nothing.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    public static HdgeModel Train(ImageSet images, ImageSet? validation, TrainingOptions options, TrainingCallbacks? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        if (validation is not null && (validation.Count == 0 || validation.Shape != images.Shape || validation.ClassCount != images.ClassCount))
            throw new ArgumentException($"The validation set has {validation}, expected at least 1 image of {images.Shape} in {images.ClassCount} classes, as the training images.", nameof(validation));
        callbacks ??= new();
        Libtorch.EnsureLoaded();
        options.Validate(images.Shape);
        int classes = images.Labels.ToArray().Distinct().Count();
        if (images.Count < 2 || (classes < 2 && !options.Objective.IsUnlabelled))
            throw new ArgumentException(options.Objective.IsUnlabelled ? $"Training needs at least 2 images, found {images.Count}." : $"Training needs images of at least 2 classes, found {images.Count} images of {classes}.", nameof(images));
        using var ranks = options.Distributed?.Connect() ?? new SingleProcess();
        var shared = ranks.Size > 1 ? new SharedRun(new Shard(ranks)) : null;
        if (shared is { IsRoot: false })
            callbacks = new(); // what there is to tell is the same on all
        options = options with { BatchSize = checked(options.BatchSize * ranks.Size) };
        var device = Devices.Resolve(options.Device, ranks.LocalRank);
        using var threads = TorchThreads.UseFor(options.Threads);
        using var on = Autograd.On();
        if (!images.Weights.IsEmpty)
            options.RequireWeighted("weights of images");
        var (train, heldOut) = validation is null ? images.Split(options.ValidationFraction, Seeds.Mix(options.Seed, SeedStream.HeldOutImages)) : (images, validation);
        train = ImageWeights.Apply(train, options.ClassWeights);
        if (HeldOutWarning(heldOut.Count, validation is not null, options) is { } warning)
            callbacks.Log?.Invoke(warning);
        DetectorFitting.RequireEnough(options.Detection, heldOut.Count > 0 ? heldOut.Count : train.Count);
        var given = options;
        using var pretrained = options.Pretrained is { } weights ? PretrainedWeights.Read(weights) : null;
        options = options with { Network = pretrained?.NetworkFor(options.Network) ?? options.Network };
        options = options with { Scaling = pretrained?.ScalingFor(options.Network, images.Shape, train, options.Scaling) ?? options.Network.ScalingFor(train, options.Scaling) };
        var events = options.LogDirectory is { } folder && ranks.Rank == 0 ? new EventLog(folder, callbacks.Log) : null;
        var network = options.Network.Create(images.Shape, images.ClassCount, Seeds.Mix(options.Seed, SeedStream.NetworkWeights));
        var precision = PrecisionChoice.Of(options.Precision, network, device, nameof(TrainingOptions.Precision));
        var scoring = PrecisionChoice.Of(options.ScoringPrecision, network, device, nameof(TrainingOptions.ScoringPrecision));
        options = options with { Precision = precision.Precision, ScoringPrecision = scoring.Precision }; // a checkpoint belongs to what was chosen
        var model = new HdgeModel(network, options.Scaling, device, options.ScoringPrecision, options.FlipAveraging);
        try
        {
            network.Prepare(train, options.Scaling, Seeds.Mix(options.Seed, SeedStream.Palette));
            pretrained?.CopyTo(network);
            network.FreezeUpTo(options.Freeze);
            if (SizeWarning(options, images.Shape) is { } tooSmall)
                callbacks.Log?.Invoke(tooSmall);
            shared?.RequireSame(OptionText.Of(options), CheckpointDescription.Fingerprint(train, heldOut));
            callbacks.Started?.Invoke(new TrainingStart
            {
                Processes = ranks.Size,
                Device = device.ToString(),
                Network = options.Network,
                ParameterCount = network.parameters().Sum(p => p.requires_grad ? p.numel() : 0),
                Precision = precision.Precision,
                PrecisionReason = precision.Reason,
                Shape = images.Shape,
                TrainingImages = train.Count,
                HeldOutImages = heldOut.Count,
                HasValidationSet = validation is not null,
                ClassCount = classes,
            });
            var input = new RunInput(model, train, heldOut, options) { Shared = shared };
            TimeSpan elapsed;
            using (Tf32.During(device, options.AllowTf32))
                elapsed = Run(input, callbacks, events, run => model.Training = TrainingFacts.Of(train, heldOut, validation is not null, !images.Weights.IsEmpty, given, run.End!), cancellationToken);
            var linear = events is null ? callbacks.Epoch : events.Add + callbacks.Epoch;
            // A model that is to be returned in any case is finished in any case.
            if (options.OnCancel == CancelBehavior.ReturnBestSoFar)
                Finish(input, linear, elapsed, CancellationToken.None, cancellationToken);
            else
                Finish(input, linear, elapsed, cancellationToken);
            if (callbacks.Log is { } log)
                foreach (string doubt in TrainingDoubts.Of(model, train, heldOut, options, options.OnCancel == CancelBehavior.ReturnBestSoFar ? CancellationToken.None : cancellationToken))
                    log(doubt);
            model.Kept = null;
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Trains, over the images or over the features that a frozen network makes of them; answers how long it took.</summary>
    private static TimeSpan Run(RunInput input, TrainingCallbacks callbacks, EventLog? events, Action<TrainingRun> ended, CancellationToken cancellationToken)
    {
        if (!FrozenRun.Serves(input.Options, input.Train, input.Model.Network.FeatureLength))
        {
            if (input.Options.Freeze == Freeze.Backbone)
                callbacks.Log?.Invoke($"The network is frozen ({nameof(TrainingOptions.Freeze)} is {Freeze.Backbone}), but every image passes it in every epoch: {FrozenRun.WhyNot(input.Options)}");
            using var run = new TrainingRun(input, callbacks, events);
            run.Run(cancellationToken);
            ended(run);
            return run.Elapsed;
        }
        var over = FrozenRun.Over(input, FrozenRun.Pass(input, callbacks.Step, cancellationToken));
        using var head = over.Model;
        using var last = new TrainingRun(over, callbacks, events);
        last.Run(cancellationToken);
        ended(last);
        FrozenRun.Copy(head.Network, input.Model.Network);
        return last.Elapsed;
    }

    /// <summary>As <see cref="Train(ImageSet, TrainingOptions, TrainingCallbacks, CancellationToken)"/>, with one callback alone.</summary>
    /// <param name="images">At least two images; at least two classes must occur.</param>
    /// <param name="options">Everything the run depends on.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    /// <param name="epoch">Called after each epoch on the calling thread; a resumed run calls it for the epochs before, too.</param>
    public static HdgeModel Train(ImageSet images, TrainingOptions options, Action<EpochMetrics>? epoch, CancellationToken cancellationToken = default) =>
        Train(images, options, new TrainingCallbacks { Epoch = epoch }, cancellationToken);

    /// <summary>What there is to say about the number of held-out images; null where they are enough or none were asked for.</summary>
    private static string? HeldOutWarning(int count, bool given, TrainingOptions options)
    {
        if (count >= FewHeldOut || (options.ValidationFraction == 0 && !given))
            return null;
        string fraction = given ? "the validation set" : FormattableString.Invariant($"{nameof(TrainingOptions.ValidationFraction)} {options.ValidationFraction}");
        if (count == 0)
            return $"No image could be held out ({fraction}): confidences are not calibrated, the decision on what is in-distribution comes from the training images, and prediction sets hold every class. "
                + "Expected more images, at least two of a class, or a larger fraction.";
        double rate = options.InDistributionRate, deviation = Math.Sqrt(rate * (1 - rate) / count);
        return FormattableString.Invariant($"Only {count} images are held out ({fraction}), expected {FewHeldOut} or more: calibration, prediction sets and the decision on what is in-distribution come from so few. ")
            + FormattableString.Invariant($"The share of known images flagged, {1 - rate:P0} by {nameof(TrainingOptions.InDistributionRate)}, may be off by {100 * deviation:F0} percentage points and more.");
    }

    /// <summary>What there is to say where pre-trained weights see images much smaller than those they come from; else null.</summary>
    private static string? SizeWarning(TrainingOptions options, ImageShape shape)
    {
        if (options.Pretrained is null || options.Network is not ResNetOptions { SmallImages: false } network)
            return null;
        var (height, width) = network.SizeOf(shape);
        return Math.Min(height, width) >= SmallForPretrained ? null
            : $"Images of {shape} pass the pre-trained network as {height}x{width} pixels: weights of ImageNet know things of 224. Expected an {nameof(ResNetOptions.InputSize)} of 112 or 224, to which the network enlarges them.";
    }

    /// <summary>What follows the last step: range of the pixels, running averages for clean images, the linear layer where it has a stage of its own (which <paramref name="endLinearStage"/> ends after a whole epoch), temperature, decision and detectors.</summary>
    internal static void Finish(RunInput run, Action<EpochMetrics>? progress, TimeSpan elapsed, CancellationToken cancellationToken, CancellationToken endLinearStage = default)
    {
        var (model, train, heldOut, options) = run;
        options.Objective.Finish(model.Network);
        model.Network.IsMixed = options.ScoringPrecision == Precision.Mixed; // what is fitted now belongs to that precision
        if (options.Augmentation.NoiseDeviation > 0 && options.Freeze != Freeze.Backbone && model.Network.HasBatchNorm)
            RunningAverages.Refresh(model.Network, train, options, model.Device, cancellationToken);
        model.Network.eval();
        model.Scoring.Invalidate();
        model.TrainedRange = PixelRange.Of(options.Network.TakesFeatures, train, heldOut);
        if (options.Objective.FinalStage is { } stage)
        {
            LinearStage.Run(run, stage, progress, elapsed, cancellationToken, endLinearStage);
            model.Scoring.Invalidate();
        }
        GaugeChoice.Apply(model, heldOut.Count > 0 ? heldOut : train, options, cancellationToken);
        model.Scoring.Invalidate();
        if (heldOut.Count > 0)
            model.Calibrate(heldOut, options.InDistributionRate, options.CalibrationMethod, options.PredictionSets, Seeds.Mix(options.Seed, SeedStream.Calibration), cancellationToken);
        else
            model.Calibrate(train, options.InDistributionRate, CalibrationMethod.None, cancellationToken: cancellationToken);
        model.FitDetectors(train, heldOut.Count > 0 ? heldOut : train, options.Detection, options.InDistributionRate, Seeds.Mix(options.Seed, SeedStream.Detectors), cancellationToken);
    }
}
