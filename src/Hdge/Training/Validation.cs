using Hdge.Data;

namespace Hdge.Training;

/// <summary>Cross-entropy and accuracy of a network on a held-out set.</summary>
internal static class Validation
{
    public static (double Loss, double Accuracy) Run(HdgeModel model, ImageSet images, CancellationToken cancellationToken)
    {
        float[] logits = model.Logits(images, cancellationToken);
        int classes = model.ClassCount, right = 0;
        double loss = 0;
        for (int i = 0; i < images.Count; i++)
        {
            var row = logits.AsSpan(i * classes, classes);
            var (logDensity, best) = LogitRow.Summarise(row);
            loss += logDensity - row[images.Labels[i]];
            right += best == images.Labels[i] ? 1 : 0;
        }
        return (loss / images.Count, (double)right / images.Count);
    }
}
