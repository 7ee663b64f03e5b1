using Hdge.Data;
using Hdge.Energy;
using Hdge.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>
/// Joint energy-based model (Grathwohl et al. 2019, equations 6–8 and Algorithm 1) as in the published code: cross-entropy plus contrastive divergence,
/// −(mean LogSumExp f(x) − mean LogSumExp f(x̃)) with x̃ from SGLD chains that go on from a replay buffer; plus HDGE's contrastive −log q(x|y) where its weight
/// is above 0 (Liu and Abbeel 2020, "HDGE + JEM"). All terms share one forward pass of the batch.
/// </summary>
internal sealed class JemObjective : IObjective
{
    private readonly JemOptions _options;
    private readonly MemoryBankObjective? _contrast;
    private readonly ImageRange _range;
    private readonly ReplayBuffer? _buffer;

    internal JemObjective(JemOptions options, ObjectiveContext context)
    {
        options.Validate();
        var shape = context.Network.InputShape;
        options.RefuseBatchNorm(context.Network.HasBatchNorm);
        _options = options;
        if (options.DensityWeight > 0)
            _buffer = new ReplayBuffer(new(options.BufferSize, options.ReinitProbability, options.ClassConditional ? context.Network.ClassCount : null), shape, context.Scaling, context.Device,
                Seeds.Mix(context.Seed, SeedStream.ReplayBuffer));
        if (options.ConditionalWeight > 0)
            _contrast = new MemoryBankObjective(context.Network.ClassCount, options.Contrast, Seeds.Mix(context.Seed, SeedStream.Contrast));
        _range = new ImageRange(context.Scaling, shape, context.Device);
    }

    /// <inheritdoc/>
    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var logits = batch.Logits;
        using var scope = NewDisposeScope();
        var loss = zeros([], dtype: logits.dtype, device: logits.device);
        Tensor? crossEntropy = null, contrastive = null, density = null;
        if (_options.ClassifierWeight > 0)
        {
            (var trained, crossEntropy) = batch.Targets.CrossEntropy(logits);
            loss = loss.Plus(trained.Times(_options.ClassifierWeight));
        }
        if (_contrast is not null)
        {
            contrastive = _contrast.Contrastive(logits, batch.Targets);
            loss = loss.Plus(contrastive.Times(_options.ConditionalWeight));
        }
        if (_buffer is not null)
        {
            var sampled = batch.Network.call(Sample(batch, _buffer));
            density = batch.Targets.Mean(JointEnergy.LogDensity(sampled).mean() - JointEnergy.LogDensity(logits));
            loss = loss.Plus(density.Times(_options.DensityWeight));
        }
        _contrast?.Bank.Push(logits, batch.Labels, batch.Targets.OtherLabels);
        return new ObjectiveTerms(loss.MoveToOuterDisposeScope(), Detached(crossEntropy), Detached(contrastive), Detached(density));

        static Tensor? Detached(Tensor? term) => term?.detach().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> State()
    {
        if (_buffer is not null)
            yield return new("buffer", _buffer.Images.detach());
        if (_contrast is not null)
            foreach (var tensor in _contrast.State())
                yield return tensor;
    }

    /// <inheritdoc/>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        _buffer?.Restore(state.GetValueOrDefault("buffer") ?? throw new InvalidDataException("The saved state has no replay buffer."));
        _contrast?.Restore(state);
    }

    /// <summary>Releases buffer and bank.</summary>
    public void Dispose()
    {
        _contrast?.Dispose();
        _buffer?.Dispose();
        _range.Dispose();
    }

    /// <summary>As many samples as the batch has images; all that is random about them comes from the step's seed.</summary>
    private Tensor Sample(TrainingStep batch, ReplayBuffer buffer)
    {
        using var scope = NewDisposeScope();
        int count = (int)batch.Images.shape[0];
        long[]? classes = null;
        if (_options.ClassConditional)
        {
            var random = new Random(Seeds.Mix(batch.Seed, SeedStream.SampleClasses));
            classes = [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(batch.Network.ClassCount))];
        }
        var (start, places) = buffer.Draw(count, classes, Seeds.Mix(batch.Seed, SeedStream.ReplayDraw));
        using var generator = new Generator((ulong)Seeds.Mix(batch.Seed, SeedStream.Langevin));
        var samples = Sgld.Run(batch.Network, start, classes is null ? null : tensor(classes).to(start.device), new SgldRun(_options.Sampler, generator, _range));
        buffer.Store(samples, places);
        return samples.MoveToOuterDisposeScope();
    }
}
