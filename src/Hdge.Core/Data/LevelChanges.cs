namespace Hdge.Data;

/// <summary>RandAugment between an augmenter that gives values in 0..1 and the network's input: its changes are of bytes, so values are rounded to 256 levels and scaled afterwards.</summary>
internal sealed class LevelChanges(ImageShape shape, PixelScaling scaling, RandAugmentOptions options)
{
    /// <summary>How the augmenter scales, so that its values are in 0..1.</summary>
    public static readonly PixelScaling Unit = new() { Mean = [0], StandardDeviation = [1] };

    private readonly RandAugment _changes = new(shape, options);
    private readonly float[][] _byteValues = [.. Enumerable.Range(0, shape.Channels).Select(scaling.ByteValues)];
    private readonly byte[] _levels = new byte[shape.Length];

    /// <summary>Turns values in 0..1 of an image into changed network input.</summary>
    public void Apply(Span<float> image, Random random)
    {
        for (int i = 0; i < image.Length; i++)
            _levels[i] = (byte)Math.Clamp(image[i] * 255 + 0.5f, 0, 255);
        _changes.Apply(_levels, random);
        int plane = shape.Height * shape.Width;
        for (int c = 0, at = 0; c < shape.Channels; c++)
            for (int end = at + plane; at < end; at++)
                image[at] = _byteValues[c][_levels[at]];
    }
}
