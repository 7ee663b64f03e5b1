namespace Hdge.Data;

/// <summary>
/// How image files, and decoded pictures of any size, become images of one shape. The content tells the format (JPEG, PNG, GIF, BMP, WebP), not the name. The camera's turn (EXIF
/// orientation) is applied, of an animation the first picture is taken, CMYK becomes RGB, what is transparent becomes black, and grey is 0.3 R + 0.59 G + 0.11 B.
/// </summary>
public sealed record PhotoOptions
{
    /// <summary>How a picture of other proportions is brought to the shape. Default <see cref="PhotoResizing.Crop"/>.</summary>
    public PhotoResizing Resizing { get; init; }

    /// <summary>What to do with a file that is no image, is damaged or cut off, or cannot be read. Default <see cref="DamagedAction.Stop"/>. Path and reason are told either way.</summary>
    public DamagedAction Damaged { get; init; }

    /// <summary>Most pixels (width × height) of a picture; one that says it has more counts as damaged and is not decoded. Default 100 million, which take 0.4 GB while they are decoded. At least 1, at most 500 million.</summary>
    public int MostPixels { get; init; } = 100_000_000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(Enum.IsDefined(Resizing), Resizing, "Crop, Pad or Stretch");
        Argument.Require(Enum.IsDefined(Damaged), Damaged, "Stop or SkipAndCount");
        Argument.Require(MostPixels is >= 1 and <= 500_000_000, MostPixels, "1..500000000");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
