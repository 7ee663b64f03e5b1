using System.Globalization;
using Hdge.Data;

namespace Hdge.Training;

/// <summary>Signs in a finished model that training failed, although every loss was finite.</summary>
internal static class TrainingDoubts
{
    private const double SuspiciousTemperature = 10; // a network so sure of its mistakes: healthy ones lie between 0.5 and 5
    private const int FewestImages = 20; // of which an accuracy says anything
    private const double Sure = 1.645; // standard errors that chance alone exceeds once in twenty runs
    private const double LeastSpread = 1e-6; // of the log-densities, as a share of their size

    /// <summary>What to tell, a sentence or two each; empty for a sound model.</summary>
    public static IEnumerable<string> Of(HdgeModel model, ImageSet train, ImageSet heldOut, TrainingOptions options, CancellationToken cancellationToken)
    {
        var (images, what) = heldOut.Count > 0 ? (heldOut, "held-out") : (train, "training");
        const string cure = "Training seems to have failed: a lower learning rate, more epochs or other input scaling may help.";
        bool classifies = options.Objective.TrainsClassifier || options.Objective.FinalStage is not null;
        double temperature = classifies ? model.Temperature : 1;
        if (temperature >= SuspiciousTemperature)
            yield return Text($"The fitted temperature is {temperature:G4}, expected about 1: on the {what} images the network is very sure of wrong answers. {cure}");

        if (model.Detectors is { TellsUnknownApart: false } detectors)
            yield return Text($"This model cannot tell unknown images apart: on the held-out images against outliers the best score, {detectors.AutoAuroc.MaxBy(a => a.Value).Key}, has an AUROC of {detectors.AutoAuroc.Values.Max():F2}, expected {Detection.AutoScore.LeastAuroc} or more. IsInDistribution is hardly better than chance; more training images, more epochs or a pre-trained network may help.");
        float[] logits = model.Logits(images, cancellationToken);
        int classes = model.ClassCount;
        double right = 0;
        double[] weights = options.ClassWeights.PerClass(images);
        double lowest = double.PositiveInfinity, highest = double.NegativeInfinity;
        var totals = new double[classes];
        for (int i = 0; i < images.Count; i++)
        {
            var (density, best) = LogitRow.Summarise(logits.AsSpan(i * classes, classes));
            (lowest, highest) = (Math.Min(lowest, density), Math.Max(highest, density));
            double weight = weights[images.Labels[i]];
            right += best == images.Labels[i] ? weight : 0;
            totals[images.Labels[i]] += weight;
        }
        double chance = totals.Max() / totals.Sum(), accuracy = right / totals.Sum();
        if (classifies && images.Count >= FewestImages && chance < 1 && accuracy <= chance + Sure * Math.Sqrt(chance * (1 - chance) / images.Count))
            yield return Text($"The accuracy on {images.Count} {what} images is {accuracy:F3}, hardly better than always naming the commonest class, {chance:F3}. {cure}");
        if (images.Count > 1 && highest - lowest <= LeastSpread * Math.Max(1, Math.Abs(highest)))
            yield return Text($"All {what} images have the same log-density, {highest:G5}: the network does not look at them, and IsInDistribution means nothing. {cure}");
    }

    private static string Text(FormattableString message) => message.ToString(CultureInfo.InvariantCulture);
}
