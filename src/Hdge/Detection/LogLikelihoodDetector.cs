using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>
/// log p(x) in nats of a network that predicts pixel after pixel, exact for the image in its colours. Simpler images than those trained on have a higher one, so it fails against them
/// (Nalisnick et al. 2019): <see cref="ComplexityCorrectedDetector"/> allows for that.
/// </summary>
internal sealed record LogLikelihoodDetector : Detector
{
    public override DetectionScore Kind => DetectionScore.LogLikelihood;

    public override DetectorNeeds Needs => DetectorNeeds.Likelihood;

    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(input);
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)input.Pixels.LogLikelihood[i];
    }

    public override OnnxValue? Export(OnnxDetection input, DetectorState state) => input.LogLikelihood;
}
