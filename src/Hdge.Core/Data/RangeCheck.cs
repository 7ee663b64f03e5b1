namespace Hdge.Data;

/// <summary>Takes the extents of image after image, channel after channel, and answers for each image whether it is in a model's range.</summary>
/// <param name="range">The range; null where nobody asks.</param>
/// <param name="scale">Brings the extents to the units of the range.</param>
/// <param name="inRange">Takes an answer an image; empty where nobody asks.</param>
internal ref struct RangeCheck(PixelRange? range, float scale, Span<bool> inRange)
{
    private readonly Span<bool> _inRange = inRange;
    private int _image;
    private float _contrast;
    private bool _within = true;

    public readonly bool Wanted => range is not null && !_inRange.IsEmpty;

    public void Add(int channel, Extent extent)
    {
        extent = extent.Times(scale);
        _within &= range!.Admits(channel, extent);
        _contrast = Math.Max(_contrast, extent.Width);
        if (channel + 1 < range.Lowest.Count)
            return;
        _inRange[_image++] = _within && range.AdmitsContrast(_contrast);
        (_contrast, _within) = (0, true);
    }
}
