using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>The likelihood of images as sequences of colours (van den Oord et al. 2016): Σ over the pixels k ≥ s of log softmax(logits of k)[colour of k].</summary>
internal static class PixelLikelihood
{
    /// <summary>log p(x) in nats, [N] in double precision.</summary>
    /// <param name="logits">[N, D, K]: row k predicts colour k.</param>
    /// <param name="colors">[N, D], 64-bit integers.</param>
    /// <param name="first">s: 0 for all pixels, 1 to leave the first out.</param>
    public static Tensor Of(Tensor logits, Tensor colors, int first)
    {
        using var scope = NewDisposeScope();
        var (scored, targets) = Scored(logits, colors, first);
        return nn.functional.log_softmax(scored, 2).gather(2, targets.unsqueeze(2)).sum([1L, 2L], type: float64).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over pixels and images of −log p, a scalar in nats: the mean of −log p(x), divided by the number of scored pixels.</summary>
    public static Tensor PerPixel(Tensor logits, Tensor colors, int first)
    {
        using var scope = NewDisposeScope();
        var (scored, targets) = Scored(logits, colors, first);
        return nn.functional.cross_entropy(scored.reshape(-1, logits.shape[2]), targets.reshape(-1)).MoveToOuterDisposeScope();
    }

    private static (Tensor Logits, Tensor Colors) Scored(Tensor logits, Tensor colors, int first) =>
        (logits.narrow(1, first, logits.shape[1] - first), colors.narrow(1, first, colors.shape[1] - first));
}
