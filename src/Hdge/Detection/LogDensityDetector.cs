using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>log q(x) = LogSumExp f(x) (Grathwohl et al. 2020, equation 5).</summary>
internal sealed record LogDensityDetector : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.LogDensity;

    protected override double Score(ReadOnlySpan<float> logits) => LogitRow.Summarise(logits).LogDensity;

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.LogDensity;
}
