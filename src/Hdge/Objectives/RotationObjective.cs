using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Another objective with the head of <see cref="RotationOptions"/> beside it.</summary>
internal sealed class RotationObjective : IObjective
{
    private readonly IObjective _inner;
    private readonly RotationOptions _options;
    private readonly Linear _head;

    public RotationObjective(IObjective inner, RotationOptions options, ObjectiveContext context)
    {
        (_inner, _options) = (inner, options);
        using var scope = NewDisposeScope();
        _head = nn.Linear(context.Network.FeatureLength, RotationDetector.Turns, dtype: float32);
        Initialization.Reset(_head, Seeds.Mix(context.Seed, SeedStream.RotationHead));
        _head.to(context.Device);
        foreach (var weight in _head.parameters())
            weight.DetachFromDisposeScope();
    }

    public IEnumerable<Parameter> Parameters => [.. _inner.Parameters, .. _head.parameters()];

    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var terms = _inner.Compute(batch);
        using var scope = NewDisposeScope();
        var (turned, turns) = Turned(batch.Images, _options.AllTurns, Seeds.Mix(batch.Seed, SeedStream.Turns));
        var term = nn.functional.cross_entropy(_head.call(batch.FeaturesOf(turned)), turns);
        return terms with { Loss = terms.Loss.Plus(term.Times(_options.Weight)).MoveToOuterDisposeScope() };
    }

    /// <summary>Turned images and by how many quarters each. A turn each: about a quarter of them, drawn by seed, by each.</summary>
    internal static (Tensor Images, Tensor Turns) Turned(Tensor images, bool all, int seed)
    {
        int count = (int)images.shape[0];
        long[] order = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        new Random(seed).Shuffle(order);
        var (parts, turns) = (new List<Tensor>(), new List<long>());
        for (int turn = 0; turn < RotationDetector.Turns; turn++)
        {
            long[] rows = all ? order : [.. order.Where((_, i) => i % RotationDetector.Turns == turn)];
            if (rows.Length == 0)
                continue;
            parts.Add(images.index_select(0, tensor(rows, device: images.device)).rot90(turn, (2, 3)));
            turns.AddRange(Enumerable.Repeat((long)turn, rows.Length));
        }
        return (cat(parts, 0), tensor(turns.ToArray(), device: images.device));
    }

    public IReadOnlyDictionary<string, DetectorState> Trained()
    {
        using var off = no_grad();
        return new Dictionary<string, DetectorState>(_inner.Trained()) { [DetectionScore.Rotation.Name] = RotationDetector.StateOf(_head) };
    }

    public IEnumerable<KeyValuePair<string, Tensor>> State() => [.. _inner.State(), new("rotation.weight", _head.weight.detach()), new("rotation.bias", _head.bias!.detach())];

    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        _inner.Restore(ObjectiveState.Without(state, "rotation."));
        ObjectiveState.Take(state, "rotation.weight", _head.weight);
        ObjectiveState.Take(state, "rotation.bias", _head.bias!);
    }

    public void Dispose()
    {
        _inner.Dispose();
        _head.Dispose();
    }
}
