using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// The stage of an objective's own, such as the second of supervised contrastive learning (Khosla et al. 2020, section 3.1): the linear layer is trained with cross-entropy on the features that the
/// network gives in evaluation mode. They are worked out once, from the images without augmentation, and kept: images × feature length values on the device.
/// </summary>
internal static class LinearStage
{
    private const int BatchSize = 256;

    public static void Run(RunInput run, LinearStageOptions stage, Action<EpochMetrics>? progress, TimeSpan before, CancellationToken cancellationToken, CancellationToken end = default)
    {
        var (model, train, heldOut, options) = run;
        var (network, device) = (model.Network, model.Device);
        Argument.Require(stage.Epochs >= 1, stage.Epochs, "at least 1");
        Argument.Require(stage.LearningRate > 0 && stage.LearningRate <= 1, stage.LearningRate, "(0, 1]");
        var clock = Stopwatch.StartNew();
        // Of a network whose own training was cut short the layer still gets all its epochs: they are what makes it a classifier.
        bool mayEnd = !end.IsCancellationRequested;
        network.eval();
        using var features = Features(model, train, options.Scaling, cancellationToken);
        using var labels = Labels(train, device);
        using var weights = train.Weights.IsEmpty ? null : tensor(train.Weights.ToArray(), device: device);
        using var heldOutFeatures = heldOut.Count > 0 ? Features(model, heldOut, options.Scaling, cancellationToken) : null;
        using var optimizer = new Adam([new([.. network.Classifier.parameters()])]);
        int batches = (train.Count + BatchSize - 1) / BatchSize;
        for (int epoch = 0; epoch < stage.Epochs && !(mayEnd && epoch > 0 && end.IsCancellationRequested); epoch++)
        {
            long[] order = [.. Enumerable.Range(0, train.Count).Select(i => (long)i)];
            new Random(Seeds.Mix(options.Seed, SeedStream.LinearStage, epoch)).Shuffle(order);
            double loss = 0, right = 0, rate = 0;
            for (int batch = 0; batch < batches; batch++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var rows = tensor(order[(batch * BatchSize)..Math.Min((batch + 1) * BatchSize, order.Length)], device: device);
                rate = stage.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (epoch + batch / (double)batches) / stage.Epochs));
                optimizer.LearningRate = rate;
                var targets = new StepTargets(labels.index_select(0, rows)) { Weights = weights?.index_select(0, rows), LabelSmoothing = options.LabelSmoothing };
                var logits = network.Head(features.index_select(0, rows));
                var (trained, reported) = targets.CrossEntropy(logits);
                optimizer.ZeroGradients();
                trained.backward();
                optimizer.Step();
                (loss, right) = (loss + reported.item<float>() * rows.shape[0], right + targets.Right(logits).item<float>());
            }
            progress?.Invoke(Describe(epoch, loss / train.Count, right / train.Count, rate));
        }

        EpochMetrics Describe(int epoch, double loss, double accuracy, double rate)
        {
            (double Loss, double Accuracy, double Ece)? validation = null;
            if (heldOutFeatures is not null)
            {
                using var off = no_grad();
                using var scope = NewDisposeScope();
                validation = Validation.Of(network.Head(heldOutFeatures).cpu().data<float>().ToArray(), heldOut, options.ClassWeights);
            }
            return new EpochMetrics
            {
                Stage = TrainingStage.LinearLayer,
                Epoch = epoch + 1,
                Epochs = stage.Epochs,
                Loss = loss,
                CrossEntropy = loss,
                TrainAccuracy = accuracy,
                ValidationLoss = validation?.Loss,
                ValidationAccuracy = validation?.Accuracy,
                ValidationEce = validation?.Ece,
                LearningRate = rate,
                Elapsed = before + clock.Elapsed,
            };
        }
    }

    /// <summary>Features [images, feature length] in the set's order.</summary>
    private static Tensor Features(HdgeModel model, ImageSet images, PixelScaling scaling, CancellationToken cancellationToken)
    {
        if (model.Kept?.Rows(images, 0, images.Count) is { } kept)
            return kept;
        var (network, device) = (model.Network, model.Device);
        using var off = no_grad();
        var all = empty(images.Count, network.FeatureLength, dtype: float32, device: device);
        int at = 0;
        foreach (var batch in new BatchLoader(images, BatchSize, scaling, new AugmentationOptions(), shuffle: false, seed: 0).Epoch(0, cancellationToken))
        {
            using var scope = NewDisposeScope();
            all.narrow(0, at, batch.Count).copy_(network.Features(DeviceBatch.Of(batch, images.Shape, device).Images));
            at += batch.Count;
        }
        return all;
    }

    private static Tensor Labels(ImageSet images, Device device) => tensor(images.Labels.ToArray().Select(label => (long)label).ToArray(), device: device);
}
