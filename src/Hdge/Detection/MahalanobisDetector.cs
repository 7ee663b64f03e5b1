namespace Hdge.Detection;

/// <summary>−min over classes of the squared Mahalanobis distance (Lee et al. 2018, equation 2), on the penultimate features.</summary>
internal sealed class MahalanobisDetector(GaussianStatistics gaussian) : Detector
{
    public override DetectionScore Kind => DetectionScore.Mahalanobis;

    public override void Score(DetectionInput input, Span<float> into) => Copy(gaussian.ToNearestClass(input.Features).neg(), into);
}
