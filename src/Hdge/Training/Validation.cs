using Hdge.Data;
using Hdge.Metrics;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Cross-entropy, accuracy and calibration error of a network on a held-out set. With class weights the first two weigh the classes as training does, else the epoch that is kept would be one that neglects the classes
/// which they are to save: balanced, the accuracy is the mean of the classes' own.
/// </summary>
internal static class Validation
{
    public static (double Loss, double Accuracy, double Ece) Run(HdgeModel model, ImageSet images, ClassWeights weights, CancellationToken cancellationToken, SharedRun? shared = null)
    {
        if (shared is null)
            return Of(model.Logits(images, cancellationToken), images, weights);
        using var scope = NewDisposeScope();
        var (first, count) = shared.Shard.Part(images.Count);
        float[] logits = count == 0 ? [] : model.Logits(images.Subset([.. Enumerable.Range((int)first, (int)count)]), cancellationToken);
        using var off = no_grad();
        var all = shared.Shard.Gather(tensor(logits).view(count, images.ClassCount), images.Count);
        var (loss, accuracy, ece) = Of(TensorMemory.Span<float>(all), images, weights);
        return shared.Broadcast(loss, accuracy, ece) is [var a, var b, var c] ? (a, b, c) : default; // machines may differ in a last digit
    }

    /// <param name="logits">Images × classes.</param>
    /// <param name="images">Whose they are.</param>
    /// <param name="weights">Of the classes.</param>
    public static (double Loss, double Accuracy, double Ece) Of(ReadOnlySpan<float> logits, ImageSet images, ClassWeights weights)
    {
        int classes = images.ClassCount;
        double[] ofClass = weights.PerClass(images);
        double loss = 0, right = 0, sum = 0;
        var confidences = new float[images.Count];
        var correct = new bool[images.Count];
        for (int i = 0; i < images.Count; i++)
        {
            var row = logits.Slice(i * classes, classes);
            int label = images.Labels[i];
            var (logDensity, best) = LogitRow.Summarise(row);
            confidences[i] = (float)Math.Min(Math.Exp(row[best] - logDensity), 1);
            correct[i] = best == label;
            loss += ofClass[label] * (logDensity - row[label]);
            right += best == label ? ofClass[label] : 0;
            sum += ofClass[label];
        }
        return (loss / sum, right / sum, double.IsFinite(loss) ? ConfidenceMetrics.Of(confidences, correct).Ece : double.NaN);
    }
}
