using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>max f(x) (Hendrycks et al. 2022).</summary>
internal sealed record MaxLogitDetector : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.MaxLogit;

    protected override double Score(ReadOnlySpan<float> logits) => logits[LogitRow.Summarise(logits).Best];

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.Graph.RowMax(input.Logits);
}
