using Hdge.Detection;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Another objective with the term of <see cref="UncertaintyOptions"/> beside it.</summary>
internal sealed class UncertaintyObjective(IObjective inner, UncertaintyOptions options) : IObjective
{
    public IEnumerable<Parameter> Parameters => inner.Parameters;

    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var made = batch.Join(MadeImages.Of(batch, options.Made));
        var terms = inner.Compute(batch);
        using var scope = NewDisposeScope();
        return terms with { Loss = terms.Loss.Plus(Term(batch.Network.Head(made())).Times(options.Weight)).MoveToOuterDisposeScope() };
    }

    /// <summary>Mean of KL(uniform ‖ softmax f) = −log C − (1/C) Σ_c log softmax f_c, [M, C] → a scalar.</summary>
    internal static Tensor Term(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (-nn.functional.log_softmax(logits, 1).mean()).Plus(-Math.Log(logits.shape[1])).MoveToOuterDisposeScope();
    }

    public IReadOnlyDictionary<string, DetectorState> Trained() => inner.Trained();

    public IEnumerable<KeyValuePair<string, Tensor>> State() => inner.State();

    public void Restore(IReadOnlyDictionary<string, Tensor> state) => inner.Restore(state);

    public void Dispose() => inner.Dispose();
}
