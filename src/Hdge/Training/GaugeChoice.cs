using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>Fixes the constant that all logits of an image share.</summary>
internal static class GaugeChoice
{
    /// <summary>Applies the gauge of the options to a trained model, which is neither calibrated nor fitted for detection yet.</summary>
    public static void Apply(HdgeModel model, ImageSet heldOut, TrainingOptions options, CancellationToken cancellationToken)
    {
        var gauge = options.DensityGauge;
        if (gauge == DensityGauge.Auto) // of a last layer alone: nothing gives the offset a meaning, and vectors made of others are poor judges of it (docs/method.md)
            gauge = options.Objective.TrainsDensity ? DensityGauge.Raw
                : options.TrainsLastLayerAlone || (heldOut.Count >= AutoScore.FewestImages && CentredIsBetter(model, heldOut, options, cancellationToken)) ? DensityGauge.Centred : DensityGauge.Raw;
        if (gauge == DensityGauge.Centred)
            Centre(model.Network);
    }

    /// <summary>Takes the mean over the classes out of the last layer's weights and biases.</summary>
    internal static void Centre(Backbone network)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var (weight, bias) = (network.Classifier.weight, network.Classifier.bias!);
        weight.copy_(weight - weight.mean([0L], keepdim: true));
        bias.copy_(bias - bias.mean());
    }

    private static bool CentredIsBetter(HdgeModel model, ImageSet heldOut, TrainingOptions options, CancellationToken cancellationToken)
    {
        var images = new AutoImages(model, heldOut, options.Detection.Outliers, Seeds.Mix(Seeds.Mix(options.Seed, SeedStream.Detectors), SeedStream.Outliers));
        DetectionScore[] scores = [DetectionScore.LogDensity, DetectionScore.CentredDensity];
        var known = model.DetectionScores(images.Known, scores, cancellationToken);
        double gain = 0;
        foreach (var outliers in images.Outliers)
        {
            var unknown = model.DetectionScores(outliers(), scores, cancellationToken);
            gain += Auroc.Of(known[DetectionScore.CentredDensity], unknown[DetectionScore.CentredDensity]) - Auroc.Of(known[DetectionScore.LogDensity], unknown[DetectionScore.LogDensity]);
        }
        return gain > 0;
    }
}
