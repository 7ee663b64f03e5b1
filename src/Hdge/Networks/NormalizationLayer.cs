using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>The layer of each <see cref="Normalization"/>, and what it saves.</summary>
internal static class NormalizationLayer
{
    private const double Epsilon = 1e-5;

    /// <summary>The layer for [N, <paramref name="channels"/>, height, width], or null for none.</summary>
    public static nn.Module<Tensor, Tensor>? Create(Normalization kind, int channels, double batchNormMomentum) => kind switch
    {
        Normalization.Batch => new BatchNorm(channels, batchNormMomentum, Epsilon),
        Normalization.Instance => nn.InstanceNorm2d(channels, Epsilon, 0.1, true, dtype: float32), // the momentum is of no use: it keeps no averages
        Normalization.Layer => Layer(channels),
        Normalization.Activation => new ActivationNorm(channels),
        _ => null,
    };

    /// <summary>Names and shapes of what the layer saves under <paramref name="name"/>.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Weights(Normalization kind, string name, int channels) => kind switch
    {
        Normalization.Batch => [($"{name}.weight", [channels]), ($"{name}.bias", [channels]), ($"{name}.running_mean", [channels]), ($"{name}.running_var", [channels]), ($"{name}.num_batches_tracked", [])],
        Normalization.Instance or Normalization.Layer => [($"{name}.weight", [channels]), ($"{name}.bias", [channels])],
        Normalization.Activation => [($"{name}.loc", [1, channels, 1, 1]), ($"{name}.scale", [1, channels, 1, 1]), ($"{name}.initialized", [])],
        _ => [],
    };

    /// <summary>
    /// Whether what follows may overwrite the layer's output: it is nobody else's, and no backward pass reads it. Instance norm's is a view of
    /// another tensor, for which autograd would have to make a copy.
    /// </summary>
    public static bool OutputIsFree(nn.Module norm) => norm is not InstanceNorm2d;

    private static GroupNorm Layer(int channels)
    {
        var norm = nn.GroupNorm(1, channels, Epsilon, dtype: float32);
        using var off = no_grad();
        foreach (var (name, parameter) in norm.named_parameters()) // some versions leave them undefined
            parameter.FillInPlace(name == "weight" ? 1 : 0);
        return norm;
    }
}
