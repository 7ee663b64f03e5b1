using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Plain cross-entropy −log q(y|x), mean over the batch, in nats.</summary>
public sealed class CrossEntropyObjective : IObjective
{
    /// <inheritdoc/>
    public ObjectiveTerms Compute(Tensor logits, Tensor labels)
    {
        var loss = nn.functional.cross_entropy(logits, labels);
        return new ObjectiveTerms(loss, loss.detach(), null);
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }
}
