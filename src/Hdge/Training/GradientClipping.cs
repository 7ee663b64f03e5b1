using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>Shortens gradients that are too long, as PyTorch's <c>clip_grad_norm_</c>: all are multiplied by largest / (length + 1e-6) where that is below 1 (Pascanu et al. 2013).</summary>
internal static class GradientClipping
{
    private const double Epsilon = 1e-6;

    /// <param name="gradients">Vectors, which together are the gradient; on whatever devices.</param>
    /// <param name="largest">Largest L2 length, above 0.</param>
    public static void Clip(IReadOnlyList<Tensor> gradients, double largest)
    {
        using var scope = NewDisposeScope();
        var first = gradients[0];
        var square = gradients.Select(g => g.dot(g).to(first.dtype).to(first.device)).Aggregate((a, b) => a.Plus(b));
        var factor = square.sqrt().Plus(Epsilon).reciprocal().Times(largest).AtMost(1); // stays on the device: nothing waits for it
        foreach (var gradient in gradients)
            gradient.mul_(factor.to(gradient.dtype).to(gradient.device));
    }
}
