using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Cross-entropy −log q(y|x), mean over the batch, in nats. The reported term is the one without label smoothing. Both of the logits in the form that the options say.</summary>
internal sealed class CrossEntropyObjective(LogitForm? form = null) : IObjective
{
    /// <inheritdoc/>
    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Compute(FormedLogits.Of(form ?? LogitForm.Raw, batch), batch.Targets);
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="logits">f(x) in the form that is compared, shape [N, C], 32- or 64-bit floating point.</param>
    /// <param name="targets">What the images are to be taken for.</param>
    public static ObjectiveTerms Compute(Tensor logits, StepTargets targets)
    {
        var (trained, reported) = targets.CrossEntropy(logits);
        return new ObjectiveTerms(trained, reported);
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }
}
