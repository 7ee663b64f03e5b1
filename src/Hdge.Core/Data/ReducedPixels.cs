namespace Hdge.Data;

/// <summary>
/// The pixels of a set after the mean over squares, as whole multiples of 1/65,280: fine enough for 8 bits and their means over 2×2 or 4×4 to be exact, so that images of bytes
/// and the same as floating-point values become the same colours.
/// </summary>
internal sealed class ReducedPixels
{
    /// <summary>Steps of a value of 1.</summary>
    public const int Levels = 255 * 256;

    private const double Largest = 1 << 30; // far outside of 0..1 values are all alike

    private readonly ImageSet _images;
    private readonly int _reduction, _height, _width;

    /// <param name="images">The set.</param>
    /// <param name="reduction">Side of the squares: 1, 2 or 4, a divisor of height and width.</param>
    public ReducedPixels(ImageSet images, int reduction)
    {
        (_images, _reduction) = (images, reduction);
        (_height, _width) = (images.Shape.Height / reduction, images.Shape.Width / reduction);
    }

    /// <summary>Pixels of all images.</summary>
    public long Count => (long)_images.Count * _height * _width;

    /// <summary>Channels of a pixel, 1 or 3.</summary>
    public int Channels => _images.Shape.Channels;

    /// <summary>The pixel at a place in the order of images, rows and columns.</summary>
    public PixelLevels At(long place)
    {
        int plane = _height * _width, image = (int)(place / plane), y = (int)(place % plane) / _width, x = (int)(place % _width);
        return Channels == 1 ? new(Of(0), 0, 0) : new(Of(0), Of(1), Of(2));

        int Of(int channel) => _images.IsBytes ? Level(_images.Bytes(image), channel, y, x) : Level(_images.Singles(image), channel, y, x);
    }

    private int Level(ReadOnlySpan<byte> image, int channel, int y, int x)
    {
        int sum = 0;
        for (int row = 0; row < _reduction; row++)
            foreach (byte value in Row(image, channel, y, x, row))
                sum += value;
        return sum * 256 / (_reduction * _reduction);
    }

    private int Level(ReadOnlySpan<float> image, int channel, int y, int x)
    {
        double sum = 0;
        for (int row = 0; row < _reduction; row++)
            foreach (float value in Row(image, channel, y, x, row))
                sum += value;
        return (int)Math.Clamp(Math.Round(sum * Levels / (_reduction * _reduction)), -Largest, Largest);
    }

    private ReadOnlySpan<T> Row<T>(ReadOnlySpan<T> image, int channel, int y, int x, int row) =>
        image.Slice((channel * _images.Shape.Height + y * _reduction + row) * _images.Shape.Width + x * _reduction, _reduction);
}

/// <summary>A pixel's channels in units of 1/<see cref="ReducedPixels.Levels"/>; those that it does not have are 0.</summary>
internal readonly record struct PixelLevels(int First, int Second, int Third) : IComparable<PixelLevels>
{
    public double this[int channel] => (double)(channel switch { 0 => First, 1 => Second, _ => Third }) / ReducedPixels.Levels;

    public int CompareTo(PixelLevels other) => (First, Second, Third).CompareTo((other.First, other.Second, other.Third));
}
