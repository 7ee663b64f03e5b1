using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>LogSumExp of the logits of min(z, c) (Sun, Guo and Li 2021, equation 3), c a percentile of all features of the training sample.</summary>
public sealed record ReActDetector : Detector
{
    private const string Fitted = "clip";

    /// <summary>Percentile of the training features above which it clips. Default 90, the paper's. Range (0, 100].</summary>
    public double Percentile { get; init; } = 90;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.ReAct;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Numbers = [Fitted] };

    /// <inheritdoc/>
    public override void Validate() => Argument.Require(Percentile > 0 && Percentile <= 100, Percentile, "in (0, 100]");

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training) =>
        new() { Numbers = new Dictionary<string, double> { [Fitted] = Clip(TensorMemory.Span<float>(training.Features), Percentile) } };

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into) =>
        Copy(input.LogitsOf(input.Features.AtMost(state.Numbers[Fitted])).logsumexp(1), into);

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        return input.Graph.LogSumExp(input.LogitsOf(input.Graph.Node("Min", [input.Features, input.Graph.Constant(state.Numbers[Fitted])])));
    }

    /// <summary>The percentile of <paramref name="features"/>, linear between order statistics.</summary>
    internal static double Clip(ReadOnlySpan<float> features, double percentile)
    {
        float[] sorted = features.ToArray();
        Array.Sort(sorted);
        double at = percentile / 100 * (sorted.Length - 1);
        int below = (int)at;
        return sorted[below] + (at - below) * ((double)sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
