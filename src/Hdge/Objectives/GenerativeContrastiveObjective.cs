using Hdge.Distributed;
using Hdge.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>See <see cref="GenerativeContrastiveOptions"/>. Both terms come from one pass through the encoder; the decoder sees the first views alone.</summary>
internal sealed class GenerativeContrastiveObjective : IObjective
{
    private readonly GenerativeContrastiveOptions _options;
    private readonly PixelTransformer _network;
    private readonly ProjectionHead? _head; // none where nothing is contrasted

    /// <summary>The projection head, for tests.</summary>
    internal ProjectionHead? Head => _head;

    public GenerativeContrastiveObjective(ObjectiveContext context, GenerativeContrastiveOptions options)
    {
        options.Validate();
        (_options, _network) = (options, (PixelTransformer)context.Network);
        if (options.Beta > 0)
        {
            _head = new ProjectionHead(_network.FeatureLength, options.ProjectionLength, context.Seed);
            _head.to(context.Device);
        }
    }

    public IEnumerable<Parameter> Parameters => _head?.parameters() ?? [];

    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = NewDisposeScope();
        return Compute(_network.Tokens(batch.Images), batch.Shard).Keep();
    }

    /// <summary>The terms of views as colours [N · views, D], all first views before all second ones; where several processes train, each passes all views of its part of the images.</summary>
    internal ObjectiveTerms Compute(Tensor colors, Shard? shard = null)
    {
        using var scope = NewDisposeScope();
        long views = _options.ViewCount, count = colors.shape[0] / views;
        var (first, own) = shard?.Part(count) ?? (0, count);
        var mine = own == count ? colors : cat([.. Enumerable.Range(0, (int)views).Select(view => colors.narrow(0, view * count + first, own))], 0);
        var hidden = _network.Encode(mine);
        var contrastive = _options.Beta > 0 ? Contrast(_head!.call(Pooled(hidden, own, count, shard)), count) : null;
        var density = _options.Alpha > 0 ? PerPixel(hidden.narrow(0, 0, own), mine.narrow(0, 0, own), count, shard) : null;
        return new ObjectiveTerms(Loss(density, contrastive), null, contrastive?.detach(), density?.detach()).Keep();
    }

    private Tensor Pooled(Tensor hidden, long own, long count, Shard? shard)
    {
        var pooled = _network.Pool(hidden);
        return shard is null ? pooled : cat([.. Enumerable.Range(0, _options.ViewCount).Select(view => shard.Gather(pooled.narrow(0, view * own, own), count))], 0);
    }

    private Tensor PerPixel(Tensor hidden, Tensor colors, long count, Shard? shard)
    {
        if (shard is null)
            return _network.PerPixel(hidden, colors);
        long own = colors.shape[0];
        return shard.Sum(own == 0 ? hidden.sum() : _network.PerPixel(hidden, colors).Times((double)own / count));
    }

    // NT-Xent (Chen et al. 2020, equation 1): each of 2N views against the 2N − 1 others, of which the same image's is right.
    private Tensor Contrast(Tensor embeddings, long count)
    {
        using var scope = NewDisposeScope();
        long[] images = [.. Enumerable.Range(0, (int)count).Select(i => (long)i)];
        return SupervisedContrastive.Term(embeddings, tensor([.. images, .. images], device: embeddings.device), _options.Temperature).MoveToOuterDisposeScope();
    }

    private Tensor Loss(Tensor? density, Tensor? contrastive) =>
        density is null ? Weighted(contrastive!, _options.Beta) : contrastive is null ? Weighted(density, _options.Alpha) : Weighted(density, _options.Alpha).Plus(Weighted(contrastive, _options.Beta));

    private static Tensor Weighted(Tensor term, double weight) => weight == 1 ? term : term.Times(weight);

    public IEnumerable<KeyValuePair<string, Tensor>> State() => _head?.State() ?? [];

    public void Restore(IReadOnlyDictionary<string, Tensor> state) => _head?.Restore(state);

    public void Dispose() => _head?.Dispose();
}
