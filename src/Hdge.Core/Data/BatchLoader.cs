namespace Hdge.Data;

/// <summary>
/// Runs over an <see cref="ImageSet"/> in batches. While one batch is used, a background thread prepares the next; what a batch holds depends on
/// the seed, the epoch and the batch's place alone, never on timing.
/// </summary>
internal sealed class BatchLoader
{
    private const int Order = -1; // the number of an epoch's shuffle, beside those of its batches

    private readonly ImageSet _images;
    private readonly IBatchAugmenter? _augmenter, _second; // none where whoever gets the batch has the images
    private readonly AugmentationOptions _augmentation;
    private readonly SquareCutter? _cutter;
    private readonly RandomEraser? _eraser;
    private readonly BatchMixer? _mixer;
    private readonly int _batchSize;
    private readonly int _views;
    private readonly bool _shuffle;
    private readonly int _seed;

    /// <summary>A loader over <paramref name="images"/>.</summary>
    /// <param name="images">At least one image.</param>
    /// <param name="batchSize">Images a batch, at least 1; the last batch of an epoch holds what is left.</param>
    /// <param name="scaling">How values become network input.</param>
    /// <param name="augmentation">What is done here; only the noise is left to who puts the batch on the device (<see cref="PixelBatch.Seed"/>).</param>
    /// <param name="shuffle">A new order each epoch; false keeps the set's order.</param>
    /// <param name="seed">Seed of order and augmentation.</param>
    /// <param name="withoutPixels">Batches only name images and what is to be done to them (<see cref="PixelBatch.Changes"/>), for whoever has the images on a GPU: see <see cref="CanLeaveOutPixels"/>.</param>
    /// <param name="views">1, or 2 for a second, independently drawn view of each image (<see cref="PixelBatch.SecondPixels"/>); the first is the same either way.</param>
    public BatchLoader(ImageSet images, int batchSize, PixelScaling scaling, AugmentationOptions augmentation, bool shuffle, int seed, int views = 1, bool withoutPixels = false)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(scaling);
        ArgumentNullException.ThrowIfNull(augmentation);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        Argument.Require(views is 1 or 2, views, "1 or 2");
        if (images.Count == 0)
            throw new ArgumentException("The set has no images.", nameof(images));
        (_images, _batchSize, _shuffle, _seed, _views) = (images, Math.Min(batchSize, images.Count), shuffle, seed, views);
        augmentation.Validate(images.Shape);
        _augmentation = augmentation;
        _cutter = augmentation.Cutout > 0 ? new SquareCutter(images.Shape, augmentation.Cutout) : null;
        if (withoutPixels)
            return;
        _augmenter = augmentation.Views is { } options ? new ViewAugmenter(images, scaling, options, augmentation.RandAugment) : new BatchAugmenter(images, scaling, augmentation);
        if (augmentation.PixMix is { } mix)
            _augmenter = new PixMixAugmenter(_augmenter, images, scaling, mix, seed);
        _second = augmentation.SecondView is { } second ? new ViewAugmenter(images, scaling, second) : _augmenter;
        _eraser = augmentation.Erasing is { Probability: > 0 } erasing ? new RandomEraser(images.Shape, scaling, erasing) : null;
        _mixer = BatchMixer.IsWanted(augmentation) ? new BatchMixer(images.Shape, augmentation) : null;
    }

    /// <summary>Whether a batch is told by the names of images and an <see cref="ImageChange"/> each.</summary>
    public static bool CanLeaveOutPixels(ImageSet images, AugmentationOptions augmentation) => images.IsBytes && images.Weights.IsEmpty && augmentation is
        { Views: null, SecondView: null, RandAugment: null, PixMix: null } && augmentation.Erasing is not { Probability: > 0 } && !BatchMixer.IsWanted(augmentation);

    /// <summary>From the rows of a batch, those of the second views after the first, to those that whoever gets it looks at: others may hold anything where no image is made of others. Default null: all.</summary>
    public Func<int, (int First, int Count)>? Needed { get; init; }

    /// <summary>Batches in an epoch.</summary>
    public int BatchCount => (_images.Count + _batchSize - 1) / _batchSize;

    /// <summary>The batches of <paramref name="epoch"/>. A batch is valid until the next one is asked for; only one enumeration may run at a time.</summary>
    public IEnumerable<PixelBatch> Epoch(int epoch, CancellationToken cancellationToken = default)
    {
        int[] order = Enumerable.Range(0, _images.Count).ToArray();
        if (_shuffle)
            new Random(Seeds.Mix(_seed, epoch, Order)).Shuffle(order);
        PixelBatch current = Batch(), next = Batch();
        Task pending = Prepare(next, 0);
        try
        {
            for (int b = 0; b < BatchCount; b++)
            {
                pending.GetAwaiter().GetResult();
                cancellationToken.ThrowIfCancellationRequested();
                (current, next) = (next, current);
                if (b + 1 < BatchCount)
                    pending = Prepare(next, b + 1);
                yield return current;
            }
        }
        finally
        {
            // The background thread must not outlive the enumeration: the next one uses the same augmenter.
            ((IAsyncResult)pending).AsyncWaitHandle.WaitOne();
        }

        Task Prepare(PixelBatch batch, int b) => Task.Run(() =>
        {
            int seed = Seeds.Mix(_seed, epoch, b);
            var indices = order.AsSpan(b * _batchSize, Math.Min(_batchSize, order.Length - b * _batchSize));
            (batch.Seed, batch.Count) = ((ulong)(uint)seed, indices.Length);
            for (int i = 0; i < indices.Length; i++)
                batch.Labels[i] = _images.Labels[indices[i]];
            for (int i = 0; i < batch.Weights.Length; i++)
                batch.Weights[i] = _images.Weights[indices[i % indices.Length]];
            indices.CopyTo(batch.Indices);
            for (int view = 0; view < _views; view++)
            {
                int viewSeed = view == 0 ? seed : Seeds.Mix(seed, SeedStream.SecondView);
                if ((view == 0 ? _augmenter : _second) is { } augmenter)
                {
                    Fill(augmenter, view == 0 ? batch.Pixels : batch.SecondPixels, indices, epoch, viewSeed, view);
                    continue;
                }
                Tell(batch.Changes[view], indices, epoch, viewSeed);
            }
            Mix(batch, seed);
        }, CancellationToken.None);

        PixelBatch Batch() => new(_batchSize, _augmenter is null ? 0 : _images.Shape.Length, _views, !_images.Weights.IsEmpty, _mixer is not null);
    }

    private void Fill(IBatchAugmenter augmenter, Span<float> pixels, ReadOnlySpan<int> indices, int epoch, int seed, int view)
    {
        if (augmenter is BatchAugmenter plain)
            plain.Needed = _mixer is null ? OfView(view, indices.Length) : null;
        augmenter.Fill(pixels, indices, epoch, new Random(seed));
        _cutter?.Apply(pixels, SquareCutter.Draws(seed));
        _eraser?.Apply(pixels, new Random(Seeds.Mix(seed, SeedStream.Erasing)));
    }

    private (int First, int Count)? OfView(int view, int count)
    {
        if (Needed is null)
            return null;
        var (first, rows) = Needed(_views * count);
        int from = Math.Max(first - view * count, 0), to = Math.Min(first + rows - view * count, count);
        return (from, Math.Max(to - from, 0));
    }

    private void Tell(Span<ImageChange> changes, ReadOnlySpan<int> indices, int epoch, int seed)
    {
        Random random = new(seed), draws = SquareCutter.Draws(seed);
        for (int i = 0; i < indices.Length; i++)
        {
            var (top, left) = _cutter?.Draw(draws) ?? default;
            changes[i] = ImageChange.Draw(_augmentation, indices[i], epoch, random) with { CutTop = top, CutLeft = left };
        }
    }

    /// <summary>Mixes both views alike: of a pair of views it is one image that is mixed with another.</summary>
    private void Mix(PixelBatch batch, int seed)
    {
        if (_mixer is null)
            return;
        var mixture = _mixer.Draw(new Random(Seeds.Mix(seed, SeedStream.Mixing)));
        batch.IsMixed = mixture != Mixture.None;
        if (!batch.IsMixed)
            return;
        _mixer.Mix(batch.Pixels, mixture);
        _mixer.Mix(batch.SecondPixels, mixture);
        int count = batch.Count;
        for (int at = 0; at < _views * count; at += count)
            BatchMixer.MixTargets(batch.Labels, mixture, batch.OtherLabels.Slice(at, count), batch.Shares.Slice(at, count), batch.Weights.IsEmpty ? [] : batch.Weights.Slice(at, count));
    }
}
