using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Cross-entropy −log q(y|x), mean over the batch, in nats; with label smoothing the target is (1 − ε)·onehot + ε/C. The reported term is the one without smoothing. All of the logits in the form that the options say.</summary>
internal sealed class CrossEntropyObjective : IObjective
{
    private readonly double _smoothing;
    private readonly LogitForm _form;

    /// <summary>The objective.</summary>
    /// <param name="options">Its label smoothing; null for none.</param>
    public CrossEntropyObjective(CrossEntropyOptions? options = null)
    {
        options?.Validate();
        _smoothing = options?.LabelSmoothing ?? 0;
        _form = options?.Logits ?? LogitForm.Raw;
    }

    /// <inheritdoc/>
    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Compute(FormedLogits.Of(_form, batch), batch.Labels);
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="logits">f(x) in the form that is compared, shape [N, C], 32- or 64-bit floating point.</param>
    /// <param name="labels">Classes, shape [N], 64-bit integers in 0..C − 1.</param>
    public ObjectiveTerms Compute(Tensor logits, Tensor labels)
    {
        var loss = nn.functional.cross_entropy(logits, labels, label_smoothing: _smoothing);
        if (_smoothing == 0)
            return new ObjectiveTerms(loss, loss.detach());
        using var off = no_grad();
        return new ObjectiveTerms(loss, nn.functional.cross_entropy(logits, labels));
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }
}
