using Hdge.Data;
using Hdge.Metrics;

namespace Hdge.Training;

/// <summary>Cross-entropy, accuracy and calibration error of a network on a held-out set.</summary>
internal static class Validation
{
    public static (double Loss, double Accuracy, double Ece) Run(HdgeModel model, ImageSet images, CancellationToken cancellationToken)
    {
        float[] logits = model.Logits(images, cancellationToken);
        int classes = model.ClassCount;
        double loss = 0;
        var confidences = new float[images.Count];
        var correct = new bool[images.Count];
        for (int i = 0; i < images.Count; i++)
        {
            var row = logits.AsSpan(i * classes, classes);
            var (logDensity, best) = LogitRow.Summarise(row);
            loss += logDensity - row[images.Labels[i]];
            confidences[i] = (float)Math.Min(Math.Exp(row[best] - logDensity), 1);
            correct[i] = best == images.Labels[i];
        }
        double ece = float.IsFinite((float)loss) ? ConfidenceMetrics.Of(confidences, correct).Ece : double.NaN;
        return (loss / images.Count, correct.Count(right => right) / (double)images.Count, ece);
    }
}
