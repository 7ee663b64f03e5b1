using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>−min over classes of (distance to the class − distance to the background), squared Mahalanobis distances (Ren et al. 2021, equation 3).</summary>
internal sealed record RelativeMahalanobisDetector : GaussianDetector
{
    public override DetectionScore Kind => DetectionScore.RelativeMahalanobis;

    public override void Score(DetectionInput input, DetectorState state, Span<float> into) =>
        Copy(ToBackground(state, input.Features) - ToNearestClass(state, input.Features), into);

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.Graph.Subtract(ToBackground(input, state), ToNearestClass(input, state));
}
