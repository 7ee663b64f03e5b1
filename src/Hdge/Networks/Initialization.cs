using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>PyTorch's default initialisation from an explicit seed, so that a network does not depend on what else used torch's generator.</summary>
internal static class Initialization
{
    /// <summary>Weights and biases of convolutions and linear layers uniform in ±1/√fan-in; batch norm keeps scale 1 and shift 0.</summary>
    public static void Reset(nn.Module network, int seed)
    {
        using var off = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var (_, module) in network.named_modules())
        {
            if (module is Conv2d convolution)
                Draw(convolution.weight!, convolution.bias, generator);
            else if (module is Linear linear)
                Draw(linear.weight!, linear.bias, generator);
        }
    }

    private static void Draw(Tensor weight, Tensor? bias, Generator generator)
    {
        double bound = 1 / Math.Sqrt((double)weight.numel() / weight.shape[0]);
        weight.uniform_(-bound, bound, generator);
        bias?.uniform_(-bound, bound, generator);
    }
}
