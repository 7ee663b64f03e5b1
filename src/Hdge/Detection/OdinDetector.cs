using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// max softmax(f(x̃) / T) with x̃ = x + ε·sign(∇ₓ max log softmax(f(x) / T)) (ODIN, Liang et al. 2018, equations 1 and 2).
/// </summary>
internal sealed class OdinDetector(Backbone network, double temperature, double step) : Detector
{
    public override DetectionScore Kind => DetectionScore.Odin;

    public override void Score(DetectionInput input, Span<float> into)
    {
        var (pixels, logits) = input.Graph!.Value;
        var target = nn.functional.log_softmax(logits.Over(temperature), 1).amax([1L]).sum();
        var gradient = autograd.grad([target], [pixels], retain_graph: true)[0];
        using var off = no_grad();
        var moved = network.call(pixels.Plus(gradient.sign().Times(step))).cpu().contiguous();
        var values = TensorMemory.Span<float>(moved);
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)LogitRow.Confidence(values.Slice(i * input.ClassCount, input.ClassCount), temperature);
    }
}
