using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Initial weights from an explicit seed, so that a network does not depend on what else used torch's generator. Norms keep scale 1 and shift 0.</summary>
internal static class Initialization
{
    /// <summary>PyTorch's default: weights and biases of convolutions and linear layers uniform in ±1/√fan-in.</summary>
    public static void Reset(nn.Module network, int seed) => Draw(network, seed, DrawUniform);

    /// <summary>He et al. 2015: weights of convolutions normal with variance 2 / fan-out, which keeps the gradient's variance through ReLU; linear layers as PyTorch's default.</summary>
    public static void ResetHe(nn.Module network, int seed) => Draw(network, seed, (weight, bias, generator) =>
    {
        weight.normal_(0, Math.Sqrt(2.0 * weight.shape[1] / weight.numel()), generator);
        bias?.zero_();
    });

    /// <summary>The same for a layer by itself.</summary>
    public static void Reset(Linear layer, int seed)
    {
        using var off = no_grad();
        using var generator = new Generator((ulong)seed);
        DrawUniform(layer.weight!, layer.bias, generator);
    }

    private static void Draw(nn.Module network, int seed, Action<Tensor, Tensor?, Generator> drawConvolution)
    {
        using var off = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var (_, module) in network.named_modules())
        {
            if (module is Conv2d convolution)
                drawConvolution(convolution.weight!, convolution.bias, generator);
            else if (module is Linear linear)
                DrawUniform(linear.weight!, linear.bias, generator);
        }
    }

    private static void DrawUniform(Tensor weight, Tensor? bias, Generator generator)
    {
        double bound = 1 / Math.Sqrt((double)weight.numel() / weight.shape[0]);
        weight.uniform_(-bound, bound, generator);
        bias?.uniform_(-bound, bound, generator);
    }
}
