namespace Hdge.Data;

/// <summary>
/// Runs over an <see cref="ImageSet"/> in batches. While one batch is used, a background thread prepares the next; what a batch holds depends on
/// the seed, the epoch and the batch's place alone, never on timing.
/// </summary>
internal sealed class BatchLoader
{
    private const int Order = -1; // the number of an epoch's shuffle, beside those of its batches

    private readonly ImageSet _images;
    private readonly IBatchAugmenter? _augmenter; // none where whoever gets the batch has the images
    private readonly AugmentationOptions _augmentation;
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
        _augmenter = withoutPixels ? null : augmentation.Views is { } options ? new ViewAugmenter(images, scaling, options) : new BatchAugmenter(images, scaling, augmentation);
    }

    /// <summary>Whether a batch is told by the names of images and an <see cref="ImageChange"/> each.</summary>
    public static bool CanLeaveOutPixels(ImageSet images, AugmentationOptions augmentation) => images.IsBytes && augmentation.Views is null;

    /// <summary>Batches in an epoch.</summary>
    public int BatchCount => (_images.Count + _batchSize - 1) / _batchSize;

    /// <summary>The batches of <paramref name="epoch"/>. A batch is valid until the next one is asked for; only one enumeration may run at a time.</summary>
    public IEnumerable<PixelBatch> Epoch(int epoch, CancellationToken cancellationToken = default)
    {
        int[] order = Enumerable.Range(0, _images.Count).ToArray();
        if (_shuffle)
            new Random(Seeds.Mix(_seed, epoch, Order)).Shuffle(order);
        int length = _augmenter is null ? 0 : _images.Shape.Length;
        PixelBatch current = new(_batchSize, length, _views), next = new(_batchSize, length, _views);
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
            indices.CopyTo(batch.Indices);
            for (int view = 0; view < _views; view++)
            {
                var random = new Random(view == 0 ? seed : Seeds.Mix(seed, SeedStream.SecondView));
                if (_augmenter is not null)
                    _augmenter.Fill(view == 0 ? batch.Pixels : batch.SecondPixels, indices, epoch, random);
                else
                    for (int i = 0; i < indices.Length; i++)
                        batch.Changes[view][i] = ImageChange.Draw(_augmentation, _images.Shape, indices[i], epoch, random);
            }
        }, CancellationToken.None);
    }
}
