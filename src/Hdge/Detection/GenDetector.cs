using System.Buffers;
using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>−Σ p^γ (1 − p)^γ over the M largest p of softmax f(x) (Liu, Lochman and Zach 2023, equation 4).</summary>
public sealed record GenDetector : LogitDetector
{
    /// <summary>γ. Default 0.1, the paper's. Range (0, 1].</summary>
    public double Exponent { get; init; } = 0.1;

    /// <summary>M: how many of the largest probabilities count, all when there are fewer. Default 100, the paper's for 1,000 classes. At least 1.</summary>
    public int Top { get; init; } = 100;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Gen;

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Exponent > 0 && Exponent <= 1, Exponent, "in (0, 1]");
        Argument.Require(Top >= 1, Top, "at least 1");
    }

    /// <inheritdoc/>
    protected override double Score(ReadOnlySpan<float> logits)
    {
        double logSum = LogitRow.Summarise(logits).LogDensity, sum = 0;
        float[] rented = ArrayPool<float>.Shared.Rent(logits.Length);
        var ordered = rented.AsSpan(0, logits.Length);
        logits.CopyTo(ordered);
        if (Top < ordered.Length)
            ordered.Sort();
        for (int i = Math.Max(0, ordered.Length - Top); i < ordered.Length; i++)
        {
            double p = Math.Min(1, Math.Exp(ordered[i] - logSum));
            sum += Math.Pow(p * (1 - p), Exponent);
        }
        ArrayPool<float>.Shared.Return(rented);
        return -sum;
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        var graph = input.Graph;
        var top = Top < input.ClassCount ? graph.Top(input.Logits, Top).Values : input.Logits;
        var p = graph.Node("Min", [graph.Constant(1.0), graph.Exp(graph.Subtract(top, input.LogDensity))]);
        return graph.Node("Neg", [graph.RowSum(graph.Node("Pow", [graph.Multiply(p, graph.Subtract(graph.Constant(1.0), p)), graph.Constant(Exponent)]))]);
    }
}
