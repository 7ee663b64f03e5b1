using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>LogSumExp of f(x) − mean f(x): what cross-entropy leaves free, a constant added to all logits of an image, is no part of it.</summary>
internal sealed record CentredDensityDetector : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.CentredDensity;

    protected override double Score(ReadOnlySpan<float> logits)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += logit;
        return LogitRow.Summarise(logits).LogDensity - sum / logits.Length;
    }

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.Graph.Subtract(input.LogDensity, input.Graph.Reduce("ReduceMean", input.Logits, true, 1));
}
