using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Joins cross-entropy and a second term: loss = α·cross-entropy + (1 − α)·other. A term of weight 0 is reported but not in the loss, so that it costs no backward pass and 0·∞ cannot happen.</summary>
internal static class WeightedTerms
{
    /// <summary>α of the classifier against a contrastive term.</summary>
    public static ObjectiveTerms Contrastive(double alpha, (Tensor Trained, Tensor Reported) crossEntropy, Tensor contrastive) =>
        new(Loss(alpha, crossEntropy.Trained, contrastive), crossEntropy.Reported, contrastive.detach());

    /// <summary>α of the classifier against a term of log q(x).</summary>
    public static ObjectiveTerms Density(double alpha, (Tensor Trained, Tensor Reported) crossEntropy, Tensor density) =>
        new(Loss(alpha, crossEntropy.Trained, density), crossEntropy.Reported, Density: density.detach());

    private static Tensor Loss(double alpha, Tensor crossEntropy, Tensor other) => alpha switch
    {
        1 => crossEntropy,
        0 => other,
        _ => crossEntropy.Times(alpha).Plus(other.Times(1 - alpha)),
    };

    /// <summary>Moves the terms out of the current dispose scope.</summary>
    public static ObjectiveTerms Keep(this ObjectiveTerms terms)
    {
        terms.Loss.MoveToOuterDisposeScope();
        terms.CrossEntropy?.MoveToOuterDisposeScope();
        terms.Contrastive?.MoveToOuterDisposeScope();
        terms.Density?.MoveToOuterDisposeScope();
        return terms;
    }
}
