using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>A training objective on the logits of one forward pass.</summary>
public interface IObjective : IDisposable
{
    /// <summary>The loss of a batch; an objective with memory takes the batch into it afterwards.</summary>
    /// <param name="logits">f(x), shape [N, C], 32- or 64-bit floating point.</param>
    /// <param name="labels">Classes, shape [N], 64-bit integers in 0..C − 1.</param>
    ObjectiveTerms Compute(Tensor logits, Tensor labels);
}
