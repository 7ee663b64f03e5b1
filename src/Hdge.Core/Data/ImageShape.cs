namespace Hdge.Data;

/// <summary>Channels, height and width of an image, in the channel-first order in which its values are stored.</summary>
public readonly record struct ImageShape
{
    /// <summary>A shape of <paramref name="channels"/> × <paramref name="height"/> × <paramref name="width"/> values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the product is above <see cref="Array.MaxLength"/>.</exception>
    public ImageShape(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if ((Int128)channels * height * width > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"An image of {channels}x{height}x{width} has more values than an array can hold ({Array.MaxLength}).");
        (Channels, Height, Width) = (channels, height, width);
    }

    /// <summary>The shape of vectors that are no images, for networks that take features: <paramref name="length"/> channels of one value each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is below 1, or above <see cref="Array.MaxLength"/>.</exception>
    public static ImageShape Vector(int length) => new(length, 1, 1);

    /// <summary>Number of colour planes: 1 for grey, 3 for RGB.</summary>
    public int Channels { get; }

    /// <summary>Rows of pixels.</summary>
    public int Height { get; }

    /// <summary>Columns of pixels.</summary>
    public int Width { get; }

    /// <summary>Values of one image: channels × height × width.</summary>
    public int Length => Channels * Height * Width;

    /// <summary>Whether every channel is a single value.</summary>
    internal bool IsVector => Height == 1 && Width == 1;

    /// <summary>For example <c>3x32x32</c>.</summary>
    public override string ToString() => $"{Channels}x{Height}x{Width}";
}
