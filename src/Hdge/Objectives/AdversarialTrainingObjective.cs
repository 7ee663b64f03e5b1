using Hdge.Robustness;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>
/// Replaces a step's images by attacked ones and hands it on. The attack sees the network in training mode, as in Madry's code: what is made worse is then the
/// loss that the step minimises, and batch norm's running averages take in the attacked images as well.
/// </summary>
internal sealed class AdversarialTrainingObjective : IObjective
{
    private readonly IObjective _inner;
    private readonly PgdAttack _attack;

    public AdversarialTrainingObjective(ObjectiveContext context, AdversarialTrainingOptions options)
    {
        options.Validate();
        _attack = new PgdAttack(context.Network, context.Scaling, options.Attack);
        _inner = options.Inner.Create(context);
    }

    public IEnumerable<Parameter> Parameters => _inner.Parameters;

    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using (NewDisposeScope())
        {
            var found = _attack.Run(_attack.ToPixels(batch.Images), batch.Labels, targeted: false, batch.Seed, CancellationToken.None);
            batch.Replace(_attack.ToInput(found.Images).MoveToOuterDisposeScope());
        }
        return _inner.Compute(batch);
    }

    public IEnumerable<KeyValuePair<string, Tensor>> State() => _inner.State();

    public void Restore(IReadOnlyDictionary<string, Tensor> state) => _inner.Restore(state);

    public void Dispose() => _inner.Dispose();
}
