using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>A network's last layer, f(x) = z·W + b, in double precision on the processor.</summary>
/// <param name="Weight">W, [F, C].</param>
/// <param name="Bias">b, [C].</param>
internal sealed record LinearHead(Tensor Weight, Tensor Bias) : IDisposable
{
    // f(s·e_i) − f(0) = s·W_i: with a large power of two the bias takes no digits from W, and dividing by it is exact.
    private const float Probe = 4096;

    /// <summary>Asks the network, whatever its kind: what it answers to each unit vector.</summary>
    public static LinearHead Of(Backbone network, Device device)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var bias = network.Head(zeros(1, network.FeatureLength, dtype: float32, device: device)).to(float64).cpu();
        var weight = (network.Head(eye(network.FeatureLength, dtype: float32, device: device).Times(Probe)).to(float64).cpu() - bias).Over(Probe);
        return new LinearHead(weight.contiguous().DetachFromDisposeScope(), bias.squeeze(0).contiguous().DetachFromDisposeScope());
    }

    /// <summary>Logits [N, C] of features [N, F].</summary>
    public Tensor Logits(Tensor features) => features.mm(Weight).AddInPlace(Bias);

    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }
}
