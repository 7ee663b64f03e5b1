using Hdge.Energy;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>
/// The contrastive approximation of log q(x), which needs no labels (Liu and Abbeel 2020, the term log q(x) of the joint density, contrasted as in equation 13):
/// α·(−log q(y|x)) + (1 − α)·[−s/T + log(e^{s/T} + Σ_k e^{s_k/T})] with s = LogSumExp_y f(x)[y] and a bank of the s_k of earlier images, without their graph.
/// </summary>
internal sealed class ContrastiveDensityObjective : IObjective
{
    private readonly ContrastiveDensityOptions _options;

    /// <summary>The objective with an empty bank.</summary>
    public ContrastiveDensityObjective(ContrastiveDensityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        // One column, raw scores divided by T, every image a negative whatever its label: equation (13) with a single class.
        Bank = new MemoryBank(1, new MemoryBankOptions { Form = MemoryBankForm.Equation13, Temperature = options.Temperature, BankSize = options.BankSize, KeepSameLabelNegatives = true });
    }

    /// <summary>Log-densities of earlier images.</summary>
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
        using var scope = NewDisposeScope();
        var density = JointEnergy.LogDensity(logits);
        var term = targets.Mean(-nn.functional.logsigmoid(density.Over(_options.Temperature) - Bank.LogSums(logits.dtype, logits.device)));
        var terms = WeightedTerms.Density(_options.Alpha, targets.CrossEntropy(logits), term);
        Bank.Push(density.unsqueeze(1), targets.Labels);
        return terms.Keep();
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> State() => Bank.State();

    /// <inheritdoc/>
    public void Restore(IReadOnlyDictionary<string, Tensor> state) => Bank.Restore(state);

    /// <summary>Releases the bank.</summary>
    public void Dispose() => Bank.Dispose();
}
