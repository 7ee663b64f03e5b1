namespace Microsoft.ML.Data;

/// <summary>PNG rows hold differences to the pixel on the left, above, or a guess from both.</summary>
internal static class PngFilter
{
    public static void Undo(int filter, byte[] row, byte[] above, int step)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var left = i >= step ? row[i - step] : 0;
            var aboveLeft = i >= step ? above[i - step] : 0;
            row[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Nearest(left, above[i], aboveLeft),
                _ => throw new InvalidDataException("Unknown PNG row filter."),
            });
        }
    }

    // Of left, above and above-left the one nearest to left + above − above-left; the earlier wins ties.
    private static int Nearest(int left, int above, int aboveLeft)
    {
        var guess = left + above - aboveLeft;
        var toLeft = Math.Abs(guess - left);
        var toAbove = Math.Abs(guess - above);
        var toAboveLeft = Math.Abs(guess - aboveLeft);
        return toLeft <= toAbove && toLeft <= toAboveLeft ? left : toAbove <= toAboveLeft ? above : aboveLeft;
    }
}
