using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Supervised contrastive learning of features (Khosla et al. 2020) through a projection head, which is thrown away after training.</summary>
internal sealed class SupervisedContrastiveObjective : IObjective
{
    private readonly SupervisedContrastiveOptions _options;
    private readonly ProjectionHead _head;

    public SupervisedContrastiveObjective(ObjectiveContext context, SupervisedContrastiveOptions options)
    {
        options.Validate();
        _options = options;
        _head = new ProjectionHead(context.Network.FeatureLength, options.ProjectionLength, context.Seed);
        _head.to(context.Device);
    }

    public IEnumerable<Parameter> Parameters => _head.parameters();

    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var features = batch.Features;
        if (_options.Alpha == 0)
        {
            var alone = Term(features, batch.Targets);
            return new ObjectiveTerms(alone, null, alone.detach());
        }
        var logits = batch.Logits;
        using var scope = NewDisposeScope();
        return WeightedTerms.Contrastive(_options.Alpha, batch.Targets.CrossEntropy(logits), Term(features, batch.Targets)).Keep();
    }

    private Tensor Term(Tensor features, StepTargets targets)
    {
        using var scope = NewDisposeScope();
        return SupervisedContrastive.Term(_head.call(features), targets.Labels, _options.Temperature, targets.Weights).MoveToOuterDisposeScope();
    }

    public IEnumerable<KeyValuePair<string, Tensor>> State() => _head.State();

    public void Restore(IReadOnlyDictionary<string, Tensor> state) => _head.Restore(state);

    public void Dispose() => _head.Dispose();
}
