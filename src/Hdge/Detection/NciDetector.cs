using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// NCI (Liu and Qin 2025, equation 6): w_ŷ·(z − μ) / ‖z − μ‖ + α‖z‖₁, ŷ the predicted class, w its weights in the last layer, μ the mean of the training features. A distance to μ below 1e-12 counts as that.
/// </summary>
public sealed record NciDetector : Detector
{
    private const string Mean = "mean";
    private const double Shortest = 1e-12;

    /// <summary>α, at least 0. Default 1e-4; the paper tries 1e-4..0.1.</summary>
    public double Alpha { get; init; } = 1e-4;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Nci;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Tensors = [new(Mean, float64, featureLength)] };

    /// <inheritdoc/>
    public override void Validate() => Argument.Require(Alpha >= 0 && double.IsFinite(Alpha), Alpha, "finite and at least 0");

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training) => new() { Tensors = new Dictionary<string, Tensor> { [Mean] = training.Features.mean([0L], type: float64) } };

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var mean = state.Values<double>(Mean);
        using var rows = input.Head.Weight.t().contiguous(); // [C, F]
        var weights = TensorMemory.Span<double>(rows);
        for (int i = 0; i < into.Length; i++)
        {
            var features = input.FeatureRow(i);
            var weight = weights.Slice(LogitRow.Best(input.LogitRow(i)) * features.Length, features.Length);
            double along = 0, squared = 0, size = 0;
            for (int f = 0; f < features.Length; f++)
            {
                double from = features[f] - mean[f];
                along += weight[f] * from;
                squared += from * from;
                size += Math.Abs(features[f]);
            }
            into[i] = (float)(along / Math.Max(Shortest, Math.Sqrt(squared)) + Alpha * size);
        }
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        var graph = input.Graph;
        var from = graph.Subtract(input.Features, input.Constant(state.Tensors[Mean]));
        var weights = graph.Node("Gather", [input.Constant(input.Head.Weight.t()), graph.Reshape(input.Best, -1)], ("axis", 0L)); // a row an image
        var length = graph.Node("Max", [graph.Constant(Shortest), graph.Node("Sqrt", [graph.SquaredLength(from)])]);
        var size = graph.RowSum(graph.Node("Abs", [input.Features]));
        return graph.Add(graph.Divide(graph.RowSum(graph.Multiply(weights, from)), length), graph.Multiply(graph.Constant(Alpha), size));
    }
}
