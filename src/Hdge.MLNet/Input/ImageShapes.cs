using System.Collections.Immutable;
using Hdge.Data;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>The image shape behind a feature vector.</summary>
internal static class ImageShapes
{
    // No image is so small: a first dimension up to this is a number of channels.
    private const int MostChannels = 4;

    /// <summary>
    /// Checks a given shape against the column. Without one, the column's dimensions tell it (H×W, or C×H×W as ExtractPixels gives), or
    /// its length where that is one of a square grey or colour image.
    /// </summary>
    /// <exception cref="ArgumentException">The shape has another length, or none was given and none is certain.</exception>
    public static ImageShape Resolve(ImageShape? given, VectorDataViewType type, string columnName)
    {
        if (given is not { } shape)
            return FromDimensions(type.Dimensions, columnName) ?? FromLength(type.Size, columnName);
        return shape.Length == type.Size && type.Size > 0
            ? shape
            : throw new ArgumentException(InputMessages.WrongLength(columnName, type.Size, shape), nameof(given));
    }

    private static ImageShape? FromDimensions(ImmutableArray<int> dimensions, string columnName) => dimensions switch
    {
        [int height, int width] => new ImageShape(1, height, width),
        [<= MostChannels and int channels, int height, int width] => new ImageShape(channels, height, width),
        [int height, int width, <= MostChannels and int channels] =>
            throw new ArgumentException(InputMessages.Interleaved(columnName, height, width, channels), nameof(dimensions)),
        _ => null,
    };

    private static ImageShape FromLength(int length, string columnName)
    {
        // Never both: 3 is no square, so a length is at most one of H·H and 3·H·H.
        foreach (int channels in new[] { 1, 3 })
        {
            int side = (int)Math.Round(Math.Sqrt((double)length / channels));
            if (length > 0 && (long)channels * side * side == length)
                return new ImageShape(channels, side, side);
        }

        throw new ArgumentException(InputMessages.UnclearShape(columnName, length), nameof(length));
    }
}
