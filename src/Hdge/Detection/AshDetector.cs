using Hdge.Onnx;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// ASH-S (Djurisic et al. 2023, algorithm 3) and the log-density: of the features of an image only the largest are kept, all of them multiplied by
/// e^{s₁/s₂}, s₁ the sum of all and s₂ that of those kept; then LogSumExp of their logits. Features below 0, which the paper's networks do not have, count as 0.
/// </summary>
public sealed record AshDetector : Detector
{
    /// <summary>Percentage of an image's features that it drops. Default 90, the paper's for ImageNet. Range [0, 100).</summary>
    public double Percentile { get; init; } = 90;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Ash;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Features;

    /// <inheritdoc/>
    public override void Validate() => Argument.Require(Percentile >= 0 && Percentile < 100, Percentile, "in [0, 100)");

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var shaped = input.Features.AtLeast(0).contiguous();
        var values = TensorMemory.Span<double>(shaped);
        int length = (int)shaped.shape[1], dropped = DroppedOf(length);
        var order = new double[length];
        for (int at = 0; at < values.Length; at += length)
        {
            var row = values.Slice(at, length);
            row.CopyTo(order);
            Array.Sort(order);
            Shape(row, order, dropped);
        }
        Copy(input.LogitsOf(shaped).logsumexp(1), into);
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        var graph = input.Graph;
        var zero = graph.Constant(0.0);
        var features = graph.Node("Max", [input.Features, zero]);
        var (kept, places) = graph.Top(features, input.FeatureLength - DroppedOf(input.FeatureLength));
        var sum = graph.RowSum(kept);
        var factor = graph.Where(graph.Node("Greater", [sum, zero]), graph.Exp(graph.Divide(graph.RowSum(features), sum)), zero);
        var shaped = graph.Node("ScatterElements", [graph.Subtract(features, features), places, graph.Multiply(kept, factor)], ("axis", 1L));
        return graph.LogSumExp(input.LogitsOf(shaped));
    }

    private int DroppedOf(int length) => Math.Clamp((int)Math.Round(length * Percentile / 100), 0, length - 1);

    private static void Shape(Span<double> row, double[] ascending, int dropped)
    {
        double all = 0, kept = 0, least = ascending[dropped];
        int equal = 0; // of the values equal to the least one kept, the first ones stay
        for (int i = 0; i < ascending.Length; i++)
        {
            all += ascending[i];
            kept += i >= dropped ? ascending[i] : 0;
            equal += i >= dropped && ascending[i] == least ? 1 : 0;
        }
        double factor = kept > 0 ? Math.Exp(all / kept) : 0;
        for (int i = 0; i < row.Length; i++)
            row[i] = row[i] > least || (row[i] == least && equal-- > 0) ? row[i] * factor : 0;
    }
}
