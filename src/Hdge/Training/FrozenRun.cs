using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// The run of a frozen network (<see cref="Freeze.Backbone"/>): the images pass once, and the last layer alone is trained on the features that came out, as a linear network over vectors.
/// </summary>
internal static class FrozenRun
{
    /// <summary>Whether a run can go that way: nothing of what a step sees changes from epoch to epoch but the last layer.</summary>
    public static bool Serves(TrainingOptions options, ImageSet train, int featureLength) =>
        options.Freeze == Freeze.Backbone && options.Augmentation == new AugmentationOptions() && options.Objective.SeesFeaturesAlone && (long)train.Count * featureLength <= Array.MaxLength;

    /// <summary>Why it cannot, the end of a sentence.</summary>
    public static string WhyNot(TrainingOptions options) =>
        options.Augmentation != new AugmentationOptions() ? $"{nameof(TrainingOptions.Augmentation)} changes it each time. Without it each image would pass once."
        : !options.Objective.SeesFeaturesAlone ? $"{options.Objective.GetType().Name} looks at more than its features ({nameof(Objectives.ObjectiveOptions.TakesFeaturesAlone)})."
        : "their features would not fit into one array.";

    /// <summary>Passes the images of a run through its network, whose model keeps the features; answers how long it took.</summary>
    public static TimeSpan Pass(RunInput run, Action<TrainingProgress>? report, CancellationToken cancellationToken)
    {
        var (model, train, heldOut, options) = run;
        var kept = new KeptFeatures(model.Device);
        int done = 0, all = train.Count + heldOut.Count;
        var (clock, last, lastDone) = (Stopwatch.StartNew(), TimeSpan.Zero, 0);
        foreach (var images in new[] { train, heldOut }.Where(set => set.Count > 0))
            kept.Pass(model, images, Report, cancellationToken);
        model.Kept = kept;
        return clock.Elapsed;

        void Report(int images)
        {
            done += images;
            var now = clock.Elapsed;
            if (report is null || now - last < options.ProgressInterval)
                return;
            report(new TrainingProgress
            {
                Epoch = 0,
                Epochs = options.Epochs,
                Step = done,
                Steps = all,
                ImagesPerSecond = (done - lastDone) / Math.Max((now - last).TotalSeconds, 1e-6),
                Elapsed = now,
                Remaining = now * ((double)(all - done) / done),
            });
            (last, lastDone) = (now, done);
        }
    }

    /// <summary>The run over the features that stands for one over images; dispose of its model.</summary>
    public static RunInput Over(RunInput images, TimeSpan spent)
    {
        var (model, train, heldOut, options) = images;
        var features = model.Kept!.Of(train)!;
        var last = new FeatureNetworkOptions { Hidden = [], Normalization = Normalization.None, Scaling = FeatureScaling.AsGiven };
        var scaling = new PixelScaling { Mean = [0], StandardDeviation = [1] };
        var head = new HdgeModel(last.Create(features.Shape, model.ClassCount), scaling, model.Device);
        Copy(model.Network, head.Network);
        return new(head, features, heldOut.Count > 0 ? model.Kept!.Of(heldOut)! : features.Take(0), options with { Network = last, Scaling = scaling, Freeze = Freeze.None, BackboneLearningRateFactor = null, Precision = Precision.Single }) { Whole = images, Spent = spent, Shared = images.Shared };
    }

    /// <summary>Copies the last layer of one network to another.</summary>
    public static void Copy(Backbone from, Backbone to)
    {
        using var off = no_grad();
        to.Classifier.weight.copy_(from.Classifier.weight);
        to.Classifier.bias!.copy_(from.Classifier.bias!);
    }
}
