using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// max softmax(f(x̃) / T) with x̃ = x + ε·sign(∇ₓ max log softmax(f(x) / T)) (ODIN, Liang et al. 2018, equations 1 and 2).
/// </summary>
public sealed record OdinDetector : Detector
{
    /// <summary>T, above 0. Default 1000, the paper's.</summary>
    public double Temperature { get; init; } = 1000;

    /// <summary>ε in units of network input (−1..1 with the default scaling). Default 0.0014, at least 0; the paper tries 0..0.004.</summary>
    public double Step { get; init; } = 0.0014;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Odin;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Gradients;

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Temperature > 0 && double.IsFinite(Temperature), Temperature, "finite and above 0");
        Argument.Require(Step >= 0 && double.IsFinite(Step), Step, "finite and at least 0");
    }

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var (pixels, logits) = input.Graph;
        var target = nn.functional.log_softmax(logits.Over(Temperature), 1).amax([1L]).sum();
        var gradient = autograd.grad([target], [pixels], retain_graph: true)[0];
        using var off = no_grad();
        var moved = input.Forward(pixels.Plus(gradient.sign().Times(Step)));
        var values = TensorMemory.Span<float>(moved);
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)LogitRow.Confidence(values.Slice(i * input.ClassCount, input.ClassCount), Temperature);
    }
}
