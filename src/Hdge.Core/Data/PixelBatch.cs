namespace Hdge.Data;

/// <summary>A batch as the loader prepares it: scaled and augmented network input in a reused buffer, valid until the next batch is asked for.</summary>
internal sealed class PixelBatch
{
    private readonly float[] _pixels, _secondPixels, _weights, _shares;
    private readonly int[] _indices;
    private readonly long[] _labels, _otherLabels;
    private readonly int _imageLength;

    /// <summary>Takes the memory.</summary>
    /// <param name="capacity">Images at most.</param>
    /// <param name="imageLength">Values an image; 0 for a batch that only names images and what is done to them.</param>
    /// <param name="views">1 or 2.</param>
    /// <param name="weighted">Whether images have weights.</param>
    /// <param name="mixed">Whether images may be mixed; with weights too, for a mixed image has one of its own.</param>
    internal PixelBatch(int capacity, int imageLength, int views, bool weighted = false, bool mixed = false)
    {
        _pixels = new float[checked(capacity * imageLength)];
        _indices = new int[capacity];
        Changes = [.. Enumerable.Range(0, views).Select(_ => new ImageChange[capacity])];
        _secondPixels = views == 2 ? new float[_pixels.Length] : [];
        (_labels, _imageLength, Views) = (new long[capacity], imageLength, views);
        _weights = weighted ? new float[views * capacity] : [];
        (_otherLabels, _shares) = mixed ? (new long[views * capacity], new float[views * capacity]) : ([], []);
    }

    /// <summary>Views of each image, 1 or 2.</summary>
    public int Views { get; }

    /// <summary>Images in this batch; the last of an epoch may have fewer than the batch size.</summary>
    public int Count { get; internal set; }

    /// <summary>Seed of whatever is still random about this batch (noise drawn on the device).</summary>
    public ulong Seed { get; internal set; }

    /// <summary>Whether the images were mixed in this batch.</summary>
    public bool IsMixed { get; internal set; }

    /// <summary>The images' places in their set.</summary>
    public Span<int> Indices => _indices.AsSpan(0, Count);

    /// <summary>What is to be done to each image, view by view, where the batch holds no pixels.</summary>
    public ImageChange[][] Changes { get; }

    /// <summary>Network input, Count × image length, channel first.</summary>
    public Span<float> Pixels => _pixels.AsSpan(0, Count * _imageLength);

    /// <summary>A second view of the same images, drawn independently of the first: as <see cref="Pixels"/>, or empty when the loader makes one view.</summary>
    public Span<float> SecondPixels => _secondPixels.AsSpan(0, Math.Min(_secondPixels.Length, Count * _imageLength));

    /// <summary>One class an image, 0-based; the same for both views.</summary>
    public Span<long> Labels => _labels.AsSpan(0, Count);

    /// <summary>How much each image counts, Views × Count, those of the second views after the first; empty where all count alike.</summary>
    public Span<float> Weights => _weights.AsSpan(0, Math.Min(_weights.Length, Views * Count));

    /// <summary>The class that was mixed into each image, Views × Count; empty unless <see cref="IsMixed"/>.</summary>
    public Span<long> OtherLabels => _otherLabels.AsSpan(0, IsMixed ? Views * Count : 0);

    /// <summary>Share of each image that is of its own class, Views × Count; empty unless <see cref="IsMixed"/>.</summary>
    public Span<float> Shares => _shares.AsSpan(0, IsMixed ? Views * Count : 0);
}
