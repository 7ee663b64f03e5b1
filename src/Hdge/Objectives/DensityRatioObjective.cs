using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Another objective with the term of <see cref="DensityRatioOptions"/> beside it.</summary>
internal sealed class DensityRatioObjective : IObjective
{
    private readonly IObjective _inner;
    private readonly DensityRatioOptions _options;
    private readonly Parameter _slope, _offset;

    public DensityRatioObjective(IObjective inner, DensityRatioOptions options, ObjectiveContext context)
    {
        (_inner, _options) = (inner, options);
        _slope = Number(1);
        _offset = Number(0);

        Parameter Number(float value)
        {
            using var scope = NewDisposeScope();
            return (Parameter)nn.Parameter(tensor([value], device: context.Device)).DetachFromDisposeScope();
        }
    }

    public IEnumerable<Parameter> Parameters => [.. _inner.Parameters, _slope, _offset];

    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var made = _options.Made.Count > 0 ? batch.Join(MadeImages.Of(batch, _options.Made)) : null;
        var terms = _inner.Compute(batch);
        var (features, logits) = (batch.Features, batch.Logits); // they must live until the backward pass
        using var scope = NewDisposeScope();
        if (!_options.TrainsFeatures)
        {
            features = features.detach();
            logits = batch.Network.Head(features);
        }
        var negatives = new List<Tensor>();
        if (_options.ShuffledFeatures)
            negatives.Add(batch.Network.Head(Shuffled(features, Seeds.Mix(batch.Seed, SeedStream.ShuffledFeatures))));
        if (made is not null)
            negatives.Add(batch.Network.Head(_options.TrainsFeatures ? made() : made().detach()));
        var term = Term(logits, cat(negatives, 0), _slope, _offset);
        var loss = terms.Loss.Plus(term.Times(_options.Weight)).MoveToOuterDisposeScope();
        return terms with { Loss = loss, Density = terms.Density ?? term.detach().MoveToOuterDisposeScope() };
    }

    /// <summary>mean softplus(−(a·s − b)) + mean softplus(a·s̃ − b), s = LogSumExp(f − mean f).</summary>
    internal static Tensor Term(Tensor logits, Tensor negatives, Tensor slope, Tensor offset)
    {
        using var scope = NewDisposeScope();
        var positive = Density(logits) * slope - offset;
        var negative = Density(negatives) * slope - offset;
        return (-nn.functional.logsigmoid(positive).mean() - nn.functional.logsigmoid(-negative).mean()).MoveToOuterDisposeScope();
    }

    /// <summary>Rows each of whose features comes from a row drawn for it alone, its own among them.</summary>
    internal static Tensor Shuffled(Tensor features, int seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        var from = empty(features.shape, dtype: float32, device: features.device).FillUniform(0, 1, generator).argsort(0); // a permutation a column
        return features.gather(0, from).MoveToOuterDisposeScope();
    }

    private static Tensor Density(Tensor logits) => (logits - logits.mean([1L], keepdim: true)).logsumexp(1);

    public IReadOnlyDictionary<string, DetectorState> Trained() => _inner.Trained();

    public IEnumerable<KeyValuePair<string, Tensor>> State() => [.. _inner.State(), new("ratio.slope", _slope.detach()), new("ratio.offset", _offset.detach())];

    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        _inner.Restore(ObjectiveState.Without(state, "ratio."));
        ObjectiveState.Take(state, "ratio.slope", _slope);
        ObjectiveState.Take(state, "ratio.offset", _offset);
    }

    public void Dispose()
    {
        _inner.Dispose();
        _slope.Dispose();
        _offset.Dispose();
    }
}
