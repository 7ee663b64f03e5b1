using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// SCALE (Xu et al. 2024, equation 6): LogSumExp of the logits of z·eʳ, r = Σz / Σ of the largest features. Nothing is dropped. For r features below 0, which the paper's networks do not have, count as 0;
/// where all do, r is 0.
/// </summary>
public sealed record ScaleDetector : Detector
{
    /// <summary>Percentage of an image's features, the smaller ones, that the second sum leaves out. Default 85, the paper's. Range [0, 100).</summary>
    public double Percentile { get; init; } = 85;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Scale;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Features;

    /// <inheritdoc/>
    public override void Validate() => Argument.Require(Percentile >= 0 && Percentile < 100, Percentile, "in [0, 100)");

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var scaled = input.Features.clone();
        var values = TensorMemory.Span<double>(scaled);
        int length = (int)scaled.shape[1], left = LeftOf(length);
        var order = new double[length];
        for (int at = 0; at < values.Length; at += length)
        {
            var row = values.Slice(at, length);
            row.CopyTo(order);
            Array.Sort(order);
            double all = 0, largest = 0;
            for (int i = 0; i < length; i++)
            {
                double value = Math.Max(0, order[i]);
                all += value;
                largest += i >= left ? value : 0;
            }
            double factor = largest > 0 ? Math.Exp(all / largest) : 1;
            for (int i = 0; i < length; i++)
                row[i] *= factor;
        }
        Copy(input.LogitsOf(scaled).logsumexp(1), into);
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        var graph = input.Graph;
        var zero = graph.Constant(0.0);
        var positive = graph.Node("Max", [input.Features, zero]);
        var largest = graph.RowSum(graph.Top(positive, input.FeatureLength - LeftOf(input.FeatureLength)).Values);
        var factor = graph.Where(graph.Node("Greater", [largest, zero]), graph.Exp(graph.Divide(graph.RowSum(positive), largest)), graph.Constant(1.0));
        return graph.LogSumExp(input.LogitsOf(graph.Multiply(input.Features, factor)));
    }

    private int LeftOf(int length) => Math.Clamp((int)Math.Round(length * Percentile / 100), 0, length - 1);
}
