using Hdge.Distributed;
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
    private readonly Shard? _shard;

    public AdversarialTrainingObjective(ObjectiveContext context, AdversarialTrainingOptions options)
    {
        options.Validate();
        _attack = new PgdAttack(context.Network, context.Scaling, options.Attack) { Shard = context.Shard };
        _shard = context.Shard;
        _inner = options.Inner.Create(context);
    }

    public IEnumerable<Parameter> Parameters => _inner.Parameters;

    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using (NewDisposeScope())
        {
            var found = _attack.Run(_attack.ToPixels(batch.Images), batch.Labels, targeted: false, batch.Seed, CancellationToken.None);
            var images = _attack.ToInput(found.Images);
            if (_shard is not null)
            {
                var (first, count) = _shard.Part(images.shape[0]);
                images = _shard.Gather(images.narrow(0, first, count), images.shape[0]);
            }
            batch.Replace(images.MoveToOuterDisposeScope());
        }
        return _inner.Compute(batch);
    }

    public IEnumerable<KeyValuePair<string, Tensor>> State() => _inner.State();

    public void Restore(IReadOnlyDictionary<string, Tensor> state) => _inner.Restore(state);

    public void Dispose() => _inner.Dispose();
}
