using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// −log ‖∇ₓ LogSumExp f(x)‖₂ (Grathwohl et al. 2020, section 5.3), x in units of network input: the density is flat around typical images. Gradients shorter than 1e-30 count as that.
/// </summary>
internal sealed record ApproximateMassDetector : Detector
{
    private const double Shortest = 1e-30;

    public override DetectionScore Kind => DetectionScore.ApproximateMass;

    public override DetectorNeeds Needs => DetectorNeeds.Gradients;

    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var (pixels, logits) = input.Graph;
        // With respect to the image alone: the weights' gradients stay as they are, and are not worked out.
        var gradient = autograd.grad([logits.logsumexp(1).sum()], [pixels], retain_graph: true)[0];
        using var off = no_grad();
        Copy(gradient.flatten(1).to(float64).Squared().sum(dim: 1).sqrt().AtLeast(Shortest).log().neg().cpu(), into);
    }
}
