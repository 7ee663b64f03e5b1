using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>A network's last layer, f(x) = z·W + b, in double precision on the processor.</summary>
/// <param name="Weight">W, [F, C].</param>
/// <param name="Bias">b, [C].</param>
internal sealed record LinearHead(Tensor Weight, Tensor Bias) : IDisposable
{
    /// <summary>That of a network; dispose of it.</summary>
    public static LinearHead Of(Backbone network)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var weight = network.Classifier.weight.to(float64).cpu().t().contiguous();
        var bias = network.Classifier.bias!.to(float64).cpu();
        return new LinearHead(weight.DetachFromDisposeScope(), bias.DetachFromDisposeScope());
    }

    /// <summary>Logits [N, C] of features [N, F].</summary>
    public Tensor Logits(Tensor features) => features.mm(Weight).AddInPlace(Bias);

    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }
}
