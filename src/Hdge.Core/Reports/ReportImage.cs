using Hdge.Data;

namespace Hdge.Reports;

/// <summary>An image of a report.</summary>
/// <param name="Shape">1 (grey) or 3 (RGB) channels.</param>
/// <param name="Pixels">Channel first, 0..255.</param>
public sealed record ReportImage(ImageShape Shape, ReadOnlyMemory<byte> Pixels)
{
    /// <summary>Image <paramref name="index"/> of a set; floating-point values are clamped to 0..1 and rounded to bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public static ReportImage Of(ImageSet images, int index)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, images.Count);
        return new ReportImage(images.Shape, ImageGrid.Bytes(images.Subset([index])));
    }
}
