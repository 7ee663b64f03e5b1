using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>
/// The objective of HDGE with a memory bank (Liu and Abbeel 2020, equation 13 and Algorithm 1): α·(−log q(y|x)) + (1 − α)·(−log q(x|y)), the second term
/// contrasted with a memory bank. With hard labels the published N×C×K computation collapses to one number a class (see docs/method.md), so the cost
/// of a step does not grow with K.
/// </summary>
internal sealed class MemoryBankObjective : IObjective
{
    private readonly MemoryBankOptions _options;

    /// <summary>The objective with an empty bank, or a random one (<see cref="MemoryBankOptions.RandomStart"/>).</summary>
    /// <param name="classCount">Number of logits C, at least 2.</param>
    /// <param name="options">Weights and bank.</param>
    /// <param name="seed">Seed of a random start.</param>
    public MemoryBankObjective(int classCount, MemoryBankOptions options, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        _options = options;
        Bank = new MemoryBank(classCount, options, seed);
    }

    /// <summary>The negatives.</summary>
    public MemoryBank Bank { get; }

    /// <inheritdoc/>
    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Compute(batch.Logits, batch.Targets);
    }

    /// <summary>The loss of a batch, which the bank takes afterwards.</summary>
    /// <param name="logits">f(x), shape [N, C], 32- or 64-bit floating point.</param>
    /// <param name="targets">What the images are to be taken for.</param>
    public ObjectiveTerms Compute(Tensor logits, StepTargets targets)
    {
        var terms = Evaluate(logits, targets);
        try
        {
            Bank.Push(logits, targets.Labels, targets.OtherLabels);
            return terms;
        }
        catch
        {
            terms.Dispose();
            throw;
        }
    }

    /// <summary>The loss of a batch against the bank as it stands; the bank is left as it is.</summary>
    public ObjectiveTerms Evaluate(Tensor logits, StepTargets targets)
    {
        using var scope = NewDisposeScope();
        return WeightedTerms.Contrastive(_options.Alpha, targets.CrossEntropy(logits), Contrastive(logits, targets)).Keep();
    }

    /// <summary>
    /// Mean of −pos/T + log(e^{pos/T} + S_y), S_y the bank's sum for the class: that is −log σ(pos/T − log S_y), which neither overflows nor cancels.
    /// </summary>
    internal Tensor Contrastive(Tensor logits, StepTargets targets)
    {
        var scores = ContrastiveScores.Of(logits, _options);
        var logSums = Bank.LogSums(logits.dtype, logits.device);
        return targets.Mean(labels => -nn.functional.logsigmoid(scores.gather(1, labels.unsqueeze(1)).squeeze(1) - logSums.index_select(0, labels)));
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> State() => Bank.State();

    /// <inheritdoc/>
    public void Restore(IReadOnlyDictionary<string, Tensor> state) => Bank.Restore(state);

    /// <summary>Releases the bank.</summary>
    public void Dispose() => Bank.Dispose();
}
