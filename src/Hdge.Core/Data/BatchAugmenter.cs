namespace Hdge.Data;

/// <summary>
/// Turns stored images into network input, scaling, cropping and mirroring a whole batch in one pass over its pixels: a byte becomes its value through a
/// table, a crop is an offset, a flip a reading direction. RandAugment, where it is wanted, works between crop and scaling. Nothing is allocated a batch.
/// </summary>
internal sealed class BatchAugmenter : IBatchAugmenter
{
    private readonly ImageSet _images;
    private readonly AugmentationOptions _options;
    private readonly float[][] _byteValues; // of each channel; none where the images are no bytes
    private readonly (float Multiplier, float Offset)[] _affine;
    private readonly int[] _columns;
    private byte[] _bytes = []; // room for an image that must be read first
    private float[] _singles = [];
    private readonly LevelChanges? _changes;

    public BatchAugmenter(ImageSet images, PixelScaling scaling, AugmentationOptions options)
    {
        scaling.Validate(images.Shape.Channels);
        options.Validate(images.Shape);
        (_images, _options) = (images, options);
        if (options.RandAugment is { } changes)
        {
            UnitValues.Require(images, nameof(AugmentationOptions.RandAugment));
            (_changes, scaling) = (new LevelChanges(images.Shape, scaling, changes), LevelChanges.Unit);
        }
        var channels = Enumerable.Range(0, images.Shape.Channels);
        _byteValues = images.IsBytes ? [.. channels.Select(scaling.ByteValues)] : [];
        _affine = [.. channels.Select(scaling.ForUnitSingles)]; // a set's floating-point images are kept already scaled to 0..1
        _columns = new int[images.Shape.Width];
    }

    /// <summary>First and number of the images of a batch that are made; of others only the random numbers are drawn. Default null: all.</summary>
    public (int First, int Count)? Needed { get; set; }

    public void Fill(Span<float> into, ReadOnlySpan<int> indices, int epoch, Random random)
    {
        var shape = _images.Shape;
        for (int i = 0; i < indices.Length; i++)
        {
            var change = ImageChange.Draw(_options, indices[i], epoch, random);
            if (_changes is null && Needed is var (first, count) && (i < first || i >= first + count)) // RandAugment draws while it works
                continue;
            for (int x = 0; x < shape.Width; x++)
                _columns[x] = change.Column(x, shape.Width);
            var target = into.Slice(i * shape.Length, shape.Length);
            CopyImage(indices[i], change, target);
            _changes?.Apply(target, random);
        }
    }

    private void CopyImage(int index, ImageChange change, Span<float> into)
    {
        var shape = _images.Shape;
        ReadOnlySpan<byte> bytes = _images.IsBytes ? _images.Bytes(index, 1, ref _bytes) : [];
        ReadOnlySpan<float> singles = _images.IsBytes ? [] : _images.Singles(index, 1, ref _singles);
        int at = 0;
        for (int c = 0; c < shape.Channels; c++)
            for (int y = 0; y < shape.Height; y++, at += shape.Width)
            {
                int row = (c * shape.Height + change.Row(y, shape.Height)) * shape.Width;
                var target = into.Slice(at, shape.Width);
                if (_images.IsBytes)
                {
                    var source = bytes.Slice(row, shape.Width);
                    var values = _byteValues[c];
                    for (int x = 0; x < target.Length; x++)
                        target[x] = values[source[_columns[x]]];
                }
                else
                {
                    var source = singles.Slice(row, shape.Width);
                    var (multiplier, offset) = _affine[c];
                    for (int x = 0; x < target.Length; x++)
                        target[x] = source[_columns[x]] * multiplier + offset;
                }
            }
    }
}
