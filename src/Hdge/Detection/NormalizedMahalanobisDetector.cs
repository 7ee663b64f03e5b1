using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>The Mahalanobis score on features of length 1 (Mahalanobis++, Mueller and Hein 2025, section 4).</summary>
internal sealed record NormalizedMahalanobisDetector : GaussianDetector
{
    public override DetectionScore Kind => DetectionScore.NormalizedMahalanobis;

    private protected override bool Normalized => true;

    public override void Score(DetectionInput input, DetectorState state, Span<float> into) => Copy(ToNearestClass(state, Seen(input.Features)).neg(), into);

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.Graph.Node("Neg", [ToNearestClass(input, state)]);
}

/// <summary>The relative Mahalanobis score on features of length 1 (Mueller and Hein 2025).</summary>
internal sealed record NormalizedRelativeMahalanobisDetector : GaussianDetector
{
    public override DetectionScore Kind => DetectionScore.NormalizedRelativeMahalanobis;

    private protected override bool Normalized => true;

    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var features = Seen(input.Features);
        Copy(ToBackground(state, features) - ToNearestClass(state, features), into);
    }

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.Graph.Subtract(ToBackground(input, state), ToNearestClass(input, state));
}
