namespace Hdge.Detection;

/// <summary>−min over classes of (distance to the class − distance to the background), squared Mahalanobis distances (Ren et al. 2021, equation 3).</summary>
internal sealed class RelativeMahalanobisDetector(GaussianStatistics gaussian) : Detector
{
    public override DetectionScore Kind => DetectionScore.RelativeMahalanobis;

    public override void Score(DetectionInput input, Span<float> into) =>
        Copy(gaussian.ToBackground(input.Features) - gaussian.ToNearestClass(input.Features), into);
}
