using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>The layer of each <see cref="Normalization"/>.</summary>
internal static class NormalizationLayer
{
    private const double Epsilon = 1e-5;

    /// <summary>The layer for [N, <paramref name="channels"/>, height, width], or null for none.</summary>
    public static nn.Module<Tensor, Tensor>? Create(Normalization kind, int channels, double batchNormMomentum, Device device) => kind switch
    {
        Normalization.Batch => new BatchNorm(channels, device, batchNormMomentum, Epsilon),
        Normalization.Instance => nn.InstanceNorm2d(channels, Epsilon, 0.1, true, device: device, dtype: float32), // the momentum is of no use: it keeps no averages
        Normalization.Layer => Layer(channels, device),
        Normalization.Activation => new ActivationNorm(channels, device),
        _ => null,
    };

    /// <summary>
    /// Whether what follows may overwrite the layer's output: it is nobody else's, and no backward pass reads it. Instance norm's is a view of
    /// another tensor, for which autograd would have to make a copy.
    /// </summary>
    public static bool OutputIsFree(nn.Module norm) => norm is not InstanceNorm2d;

    private static GroupNorm Layer(int channels, Device device)
    {
        var norm = nn.GroupNorm(1, channels, Epsilon, device: device, dtype: float32);
        using var off = no_grad();
        foreach (var (name, parameter) in norm.named_parameters()) // some versions leave them undefined
            parameter.FillInPlace(name == "weight" ? 1 : 0);
        return norm;
    }
}
