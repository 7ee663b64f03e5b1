namespace Hdge.Detection;

/// <summary>
/// log₂ p(x) + the bits of the image as a PNG file (Serrà et al. 2020, equation 2 with the sign turned): how much better than a general code the network tells of the image. Of images in its colours and
/// its size.
/// </summary>
internal sealed record ComplexityCorrectedDetector : Detector
{
    public override DetectionScore Kind => DetectionScore.ComplexityCorrected;

    public override DetectorNeeds Needs => DetectorNeeds.Likelihood;

    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(input);
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)(input.Pixels.LogLikelihood[i] / Math.Log(2) + input.Pixels.Complexity.Value[i]);
    }
}
