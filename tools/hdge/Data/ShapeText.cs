using System.Globalization;
using Hdge.Data;

namespace Hdge.Cli.Data;

/// <summary>Shapes as the command line writes them: 3x32x32 (channels, height, width).</summary>
internal static class ShapeText
{
    /// <summary>What photographs are brought to where nobody says otherwise: the size that the presets' networks are made for.</summary>
    public static readonly ImageShape Default = CifarReader.Shape;

    /// <exception cref="ArgumentException">It has another form, or a side below 1.</exception>
    public static ImageShape Parse(string text)
    {
        int[] sides = [.. text.Split('x', 'X').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int side) ? side : 0)];
        return sides is [1 or 3, > 0, > 0] ? new(sides[0], sides[1], sides[2])
            : throw new ArgumentException($"--shape is '{text}', expected CHANNELSxHEIGHTxWIDTH with 1 or 3 channels, 3x32x32 for example.");
    }
}
