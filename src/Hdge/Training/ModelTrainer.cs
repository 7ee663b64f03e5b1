using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>Trains a classifier from labelled images: the loop over epochs, its validation, and the calibration at its end.</summary>
public static class ModelTrainer
{
    /// <summary>
    /// Trains a network on <paramref name="images"/> and calibrates it on the held-out part. The result scores on the device it was trained on;
    /// dispose of it.
    /// </summary>
    /// <param name="images">At least two images; at least two classes must occur.</param>
    /// <param name="options">Everything the run depends on.</param>
    /// <param name="progress">Called after each epoch on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the images are too few or of one class.</exception>
    /// <exception cref="DivergenceException">The loss is no longer finite or has exploded; the exception holds the last good model.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static HdgeModel Train(ImageSet images, TrainingOptions options, Action<EpochMetrics>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(images.Shape);
        int classes = images.Labels.ToArray().Distinct().Count();
        if (images.Count < 2 || classes < 2)
            throw new ArgumentException($"Training needs images of at least 2 classes, found {images.Count} images of {classes}.", nameof(images));
        var device = Devices.Resolve(options.Device);
        var (train, heldOut) = images.Split(options.ValidationFraction, Seeds.Mix(options.Seed, 1));
        var network = options.Network.Create(images.Shape, images.ClassCount, Seeds.Mix(options.Seed, 2));
        var model = new HdgeModel(network, options.Scaling, device);
        try
        {
            Run(model, train, heldOut, options, progress, cancellationToken);
            Finish(model, train, heldOut, options, cancellationToken);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void Run(HdgeModel model, ImageSet train, ImageSet heldOut, TrainingOptions options, Action<EpochMetrics>? progress, CancellationToken cancellationToken)
    {
        var network = model.Network;
        using var objective = options.Objective.Create(new ObjectiveContext(network, options.Scaling, model.Device, Seeds.Mix(options.Seed, 3)));
        using var optimizer = Optimizers.Create(network, options);
        using var monitor = new LossMonitor(model.Device);
        using var lastGood = new WeightSnapshot();
        var loader = new BatchLoader(train, options.BatchSize, options.Scaling, options.Augmentation, shuffle: true, Seeds.Mix(options.Seed, 4));
        var schedule = new LearningRateSchedule(options, loader.BatchCount);
        var clock = Stopwatch.StartNew();
        long step = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            network.train();
            var sums = new double[5]; // loss, cross-entropy, contrastive, density, images classified right
            foreach (var batch in loader.Epoch(epoch, cancellationToken))
            {
                Optimizers.SetLearningRate(optimizer, schedule.At(step++));
                var terms = Step(network, objective, optimizer, batch, train.Shape, model.Device, options.Augmentation.NoiseDeviation);
                if (monitor.Add(terms, sums) is { } bad)
                    throw Diverged(bad);
            }
            if (monitor.Flush(sums) is { } late)
                throw Diverged(late);
            network.eval();
            if (!lastGood.TryTake(network))
                throw Diverged((step - 1, double.NaN));
            progress?.Invoke(Describe(epoch, sums));
        }

        DivergenceException Diverged((long Step, double Loss) bad)
        {
            int epoch = (int)(bad.Step / loader.BatchCount);
            if (epoch == 0)
                return new DivergenceException(epoch + 1, bad.Step, bad.Loss, monitor.Limit, null);
            var good = new HdgeModel(options.Network.Create(train.Shape, train.ClassCount), options.Scaling, model.Device);
            lastGood.GiveTo(good.Network);
            Finish(good, train, heldOut, options, CancellationToken.None);
            return new DivergenceException(epoch + 1, bad.Step, bad.Loss, monitor.Limit, good);
        }

        EpochMetrics Describe(int epoch, double[] sums)
        {
            int batches = loader.BatchCount;
            var validation = heldOut.Count > 0 ? Validation.Run(model, heldOut, cancellationToken) : default((double Loss, double Accuracy)?);
            return new EpochMetrics(epoch + 1, options.Epochs, sums[0] / batches, Mean(1), Mean(2), Mean(3),
                Present(sums[4] / train.Count), validation?.Loss, validation?.Accuracy, schedule.At(step - 1), clock.Elapsed);

            double? Mean(int term) => Present(sums[term] / batches);
            static double? Present(double value) => double.IsNaN(value) ? null : value;
        }
    }

    /// <summary>What follows the last step: running averages for clean images, temperature, thresholds and detectors.</summary>
    private static void Finish(HdgeModel model, ImageSet train, ImageSet heldOut, TrainingOptions options, CancellationToken cancellationToken)
    {
        if (options.Augmentation.NoiseDeviation > 0 && options.Network.HasBatchNorm)
            RunningAverages.Refresh(model.Network, train, options, model.Device, cancellationToken);
        model.Network.eval();
        var known = heldOut.Count > 0 ? heldOut : train;
        model.Calibrate(known, options.InDistributionRate, fitTemperature: heldOut.Count > 0, cancellationToken);
        model.FitDetectors(train, known, options.Detection, options.InDistributionRate, Seeds.Mix(options.Seed, 6), cancellationToken);
    }

    /// <summary>One forward and one backward pass; answers [loss, cross-entropy, contrastive, density, images right], still on the device; NaN for a term that the objective does not have.</summary>
    private static Tensor Step(Backbone network, IObjective objective, optim.Optimizer optimizer, PixelBatch batch, ImageShape shape, Device device, double noise)
    {
        using var scope = NewDisposeScope();
        var (input, labels) = DeviceBatch.Of(batch, shape, device);
        DeviceBatch.AddNoise(input, noise, batch.Seed);
        var step = new TrainingStep(network, input, labels);
        using var terms = objective.Compute(step);
        optimizer.zero_grad();
        terms.Loss.backward();
        optimizer.step();
        using var off = no_grad();
        var loss = terms.Loss.detach();
        var none = full_like(loss, double.NaN); // a term that the objective does not have
        var right = step.HasLogits ? step.Logits.argmax(1).eq(labels).sum().to(loss.dtype) : none;
        return stack([loss, terms.CrossEntropy ?? none, terms.Contrastive ?? none, terms.Density ?? none, right]).MoveToOuterDisposeScope();
    }
}
