using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Energy;

/// <summary>
/// What a classifier's logits f(x) of shape [N, C] say when it is read as an energy-based model (Grathwohl et al. 2019, equations 3–8; Liu and Abbeel 2020,
/// section 3). Densities are up to the unknown constant log Z.
/// </summary>
internal static class JointEnergy
{
    /// <summary>log q(x) + log Z = LogSumExp over y of f(x)[y], shape [N].</summary>
    public static Tensor LogDensity(Tensor logits) => logits.logsumexp(1);

    /// <summary>log q(y|x) = log softmax f(x), shape [N, C].</summary>
    public static Tensor LogProbabilities(Tensor logits) => nn.functional.log_softmax(logits, 1);

    /// <summary>log q(x|y) + log Z(y) = f(x)[y] for the given class of each image ([N], 64-bit integers), shape [N].</summary>
    public static Tensor LogConditional(Tensor logits, Tensor labels)
    {
        using var column = labels.unsqueeze(1);
        using var picked = logits.gather(1, column);
        return picked.squeeze(1);
    }
}
