using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>The scores that the contrastive term compares, divided by T, for every class: shape [N, C] → [N, C].</summary>
internal static class ContrastiveScores
{
    private const double SmallestSquaredNorm = 1e-24; // PyTorch's normalize stops at a norm of 1e-12; clamped before the root, whose slope at 0 is infinite

    /// <summary>
    /// log(e^{g(f)} + C − 1)/T with g the L2 or softmax normalisation (Algorithm 1), less the <see cref="UpperBound"/> so that they are near 0;
    /// f/T for equation (13).
    /// </summary>
    public static Tensor Of(Tensor logits, MemoryBankOptions options)
    {
        using var scope = NewDisposeScope();
        if (options.Form == MemoryBankForm.Equation13)
            return logits.Over(options.Temperature).MoveToOuterDisposeScope();
        var normal = options.Form == MemoryBankForm.PublishedL2
            ? logits / (logits * logits).sum(1, true).AtLeast(SmallestSquaredNorm).sqrt()
            : nn.functional.softmax(logits, 1);
        double others = logits.shape[1] - 1;
        return normal.exp().Plus(others).log().Over(options.Temperature).Minus(UpperBound(logits.shape[1], options)).MoveToOuterDisposeScope();
    }

    /// <summary>The highest score that a form can give: subtracting it keeps the difference exact in single precision and e^x below 1.</summary>
    public static double UpperBound(long classCount, MemoryBankOptions options) =>
        options.Form == MemoryBankForm.Equation13 ? 0 : Math.Log(Math.E + classCount - 1) / options.Temperature;
}
