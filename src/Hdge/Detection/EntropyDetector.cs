using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>Σ p log p with p = softmax f(x); log p = f − LogSumExp f, so a probability that underflows counts nothing.</summary>
internal sealed record EntropyDetector : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.Entropy;

    protected override double Score(ReadOnlySpan<float> logits)
    {
        double logSum = LogitRow.Summarise(logits).LogDensity, sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - logSum) * (logit - logSum);
        return sum;
    }

    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        var graph = input.Graph;
        var logs = graph.Subtract(input.Logits, input.LogDensity);
        return graph.RowSum(graph.Multiply(graph.Exp(logs), logs));
    }
}
