using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Plain cross-entropy −log q(y|x), mean over the batch, in nats.</summary>
public sealed class CrossEntropyObjective : IObjective
{
    /// <inheritdoc/>
    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var loss = nn.functional.cross_entropy(batch.Logits, batch.Labels);
        return new ObjectiveTerms(loss, loss.detach());
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }
}
