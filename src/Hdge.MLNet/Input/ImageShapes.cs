using Hdge.Data;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>The image shape behind a feature vector.</summary>
internal static class ImageShapes
{
    // No image is so small: a first dimension up to this is a number of channels.
    private const int MostChannels = 4;

    private static readonly int[] UsualChannels = [3, 1, 4]; // the likeliest other reading first

    // Nor has an image that somebody trains on a shorter side.
    private const int ShortestSide = 8;

    /// <summary>
    /// Checks a given shape against the column: its length, and its order where the column has dimensions. Without one, the column's dimensions tell
    /// it (H×W, or C×H×W as ExtractPixels gives), or its length where that is one of a square grey or colour image.
    /// </summary>
    /// <exception cref="ArgumentException">The shape has another length or order than the column, or none was given and none is certain.</exception>
    public static ImageShape Resolve(ImageShape? given, VectorDataViewType type, string columnName)
    {
        int[] dimensions = Dimensions(type);
        if (given is not { } shape)
            return dimensions.Length > 1 ? FromDimensions(dimensions, type, columnName) : FromLength(type.Size, columnName);
        if (shape.Length != type.Size || type.Size == 0)
            throw new ArgumentException(InputMessages.WrongLength(columnName, type.Size, shape), nameof(given));
        return HasOrderOf(shape, dimensions)
            ? shape
            : throw new ArgumentException(InputMessages.OtherOrder(columnName, type, shape, Told(dimensions), IsColoursLast(dimensions)), nameof(given));
    }

    /// <summary>The shape for a network: as <see cref="Resolve(ImageShape?, VectorDataViewType, string)"/>, or where it takes features a vector of the column's length.</summary>
    /// <exception cref="ArgumentException">The shape has another length or order than the column, or none is certain, or features are no Single.</exception>
    public static ImageShape Resolve(ImageShape? given, VectorDataViewType type, string columnName, bool takesFeatures)
    {
        if (!takesFeatures)
            return Resolve(given, type, columnName);
        if (type.ItemType != NumberDataViewType.Single)
            throw new ArgumentException(InputMessages.FeaturesOfSingle(columnName, type), nameof(type));
        if (type.Size == 0 || (given is { } shape && shape != ImageShape.Vector(type.Size)))
            throw new ArgumentException(InputMessages.NoVector(columnName, type.Size, given), nameof(given));
        return ImageShape.Vector(type.Size);
    }

    /// <summary>What to tell of a shape that was guessed from nothing but the column's length, where that is the length of other images too; else null.</summary>
    public static string? Doubt(ImageShape? given, VectorDataViewType type, string columnName)
    {
        if (given is not null || Dimensions(type).Length > 1)
            return null;
        ImageShape guess = FromLength(type.Size, columnName);
        ImageShape[] others = [.. Shapes(type.Size).Where(shape => shape != guess)];
        return guess.Channels > 1 || others.Length > 0 ? InputMessages.GuessedShape(columnName, type.Size, guess, others) : null;
    }

    // Sides of 1 leave the order of the values as it is, wherever they stand: a grey image is H×W, 1×H×W or H×W×1.
    private static int[] Dimensions(VectorDataViewType type) => [.. type.Dimensions.Where(side => side != 1)];

    // Values lie in the same order where the column's dimensions are the shape's sides, or some neighbours of them multiplied (C×HW, or the whole in one).
    private static bool HasOrderOf(ImageShape shape, int[] dimensions)
    {
        int[] strides = [1, shape.Width, shape.Width * shape.Height, shape.Length];
        int stride = 1;
        return dimensions.Reverse().All(side => strides.Contains(stride *= side));
    }

    private static bool IsColoursLast(int[] dimensions) => dimensions is [_, _, <= MostChannels];

    // What the dimensions say outright; null where they do not.
    private static ImageShape? Told(int[] dimensions) => dimensions switch
    {
        [int height, int width] => new ImageShape(1, height, width),
        [<= MostChannels and int channels, int height, int width] => new ImageShape(channels, height, width),
        _ => null,
    };

    private static ImageShape FromDimensions(int[] dimensions, VectorDataViewType type, string columnName) => Told(dimensions)
        ?? throw new ArgumentException(IsColoursLast(dimensions)
            ? InputMessages.Interleaved(columnName, type, new ImageShape(dimensions[2], dimensions[0], dimensions[1]))
            : InputMessages.UnclearDimensions(columnName, type), nameof(dimensions));

    private static ImageShape FromLength(int length, string columnName)
    {
        // Never both: 3 is no square, so a length is at most one of H·H and 3·H·H.
        foreach (int channels in (ReadOnlySpan<int>)[1, 3])
        {
            int side = (int)Math.Round(Math.Sqrt((double)length / channels));
            if (length > 0 && (long)channels * side * side == length)
                return new ImageShape(channels, side, side);
        }

        throw new ArgumentException(InputMessages.UnclearShape(columnName, length), nameof(length));
    }

    // Every colour, grey or four-channel image of so many values, the squarest of each first.
    private static IEnumerable<ImageShape> Shapes(int length) =>
        from channels in UsualChannels
        where length % channels == 0
        let area = length / channels
        from side in Enumerable.Range(ShortestSide, Math.Max(0, (int)Math.Sqrt(area) + 1 - ShortestSide)).Reverse()
        where area % side == 0 && area / side >= ShortestSide
        from shape in new[] { new ImageShape(channels, side, area / side), new ImageShape(channels, area / side, side) }.Distinct()
        select shape;
}
