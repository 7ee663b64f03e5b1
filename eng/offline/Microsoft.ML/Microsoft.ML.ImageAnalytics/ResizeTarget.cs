using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Transforms.Image;

/// <summary>The size that images get, and what happens when the proportions differ.</summary>
internal sealed record ResizeTarget
{
    public ResizeTarget(int width, int height, ImageResizingEstimator.ResizingKind kind, ImageResizingEstimator.Anchor anchor)
    {
        Guard.Argument(width > 0, "imageWidth", "Must be positive.");
        Guard.Argument(height > 0, "imageHeight", "Must be positive.");
        Guard.Argument(Enum.IsDefined(kind), "resizing", "There is no such kind of resizing.");
        Guard.Argument(Enum.IsDefined(anchor), "anchor", "There is no such anchor.");
        Width = width;
        Height = height;
        Kind = kind;
        Anchor = anchor;
        Type = new ImageDataViewType(height, width);
    }

    public int Width { get; }

    public int Height { get; }

    public ImageResizingEstimator.ResizingKind Kind { get; }

    public ImageResizingEstimator.Anchor Anchor { get; }

    public ImageDataViewType Type { get; }

    public MLImage Apply(MLImage image)
    {
        if (Kind == ImageResizingEstimator.ResizingKind.Fill)
            return ImageResampler.Nearest(image, Width, Height);
        var byWidth = (float)Width / image.Width;
        var byHeight = (float)Height / image.Height;
        var scale = Kind == ImageResizingEstimator.ResizingKind.IsoPad ? Math.Min(byWidth, byHeight) : Math.Max(byWidth, byHeight);
        var inner = (Width: (int)(image.Width * scale), Height: (int)(image.Height * scale));
        var x = Place(Width - image.Width * scale, ImageResizingEstimator.Anchor.Left, ImageResizingEstimator.Anchor.Right);
        var y = Place(Height - image.Height * scale, ImageResizingEstimator.Anchor.Top, ImageResizingEstimator.Anchor.Bottom);
        return ImageResampler.Smooth(image, Width, Height, x, y, inner.Width, inner.Height);
    }

    // Only cropping minds the anchor; padding is always even.
    private int Place(float spare, ImageResizingEstimator.Anchor first, ImageResizingEstimator.Anchor last)
    {
        if (Kind == ImageResizingEstimator.ResizingKind.IsoCrop && Anchor == first)
            return 0;
        return (int)(Kind == ImageResizingEstimator.ResizingKind.IsoCrop && Anchor == last ? spare : spare / 2);
    }
}
