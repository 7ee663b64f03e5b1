using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>−min over classes of the squared Mahalanobis distance (Lee et al. 2018, equation 2), on the penultimate features.</summary>
internal sealed record MahalanobisDetector : GaussianDetector
{
    public override DetectionScore Kind => DetectionScore.Mahalanobis;

    public override void Score(DetectionInput input, DetectorState state, Span<float> into) => Copy(ToNearestClass(state, input.Features).neg(), into);

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.Graph.Node("Neg", [ToNearestClass(input, state)]);
}
