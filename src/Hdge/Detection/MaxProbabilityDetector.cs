using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>max softmax f(x) (Hendrycks and Gimpel 2017).</summary>
internal sealed record MaxProbabilityDetector : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.MaxProbability;

    protected override double Score(ReadOnlySpan<float> logits) => LogitRow.Confidence(logits, 1);

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.Graph.RowMax(input.Graph.Softmax(input.Logits));
}
