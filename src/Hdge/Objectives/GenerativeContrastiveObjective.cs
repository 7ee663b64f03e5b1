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
        return Compute(_network.Tokens(batch.Images)).Keep();
    }

    /// <summary>The terms of views as colours [N · views, D], all first views before all second ones.</summary>
    internal ObjectiveTerms Compute(Tensor colors)
    {
        using var scope = NewDisposeScope();
        long views = _options.ViewCount, count = colors.shape[0] / views;
        var hidden = _network.Encode(colors);
        var contrastive = _options.Beta > 0 ? Contrast(_head!.call(_network.Pool(hidden)), count) : null;
        var density = _options.Alpha > 0 ? _network.PerPixel(hidden.narrow(0, 0, count), colors.narrow(0, 0, count)) : null;
        return new ObjectiveTerms(Loss(density, contrastive), null, contrastive?.detach(), density?.detach()).Keep();
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
