using Hdge.Data;

namespace Hdge.Networks;

/// <summary>Mean and standard deviation of each feature of some rows.</summary>
internal static class Standardization
{
    private const double Constant = 1e-6; // deviation, as a share of the mean, below which single precision tells nothing apart
    private const double Smallest = 1e-30; // deviation that single precision can still divide by

    /// <summary>The scaling that gives every feature of <paramref name="rows"/>, at least one, mean 0 and standard deviation 1.</summary>
    public static PixelScaling Of(ImageSet rows, PixelScaling given)
    {
        int length = rows.Shape.Length;
        var (means, squares) = (new double[length], new double[length]);
        byte[] byteRoom = [];
        float[] singleRoom = [];
        for (int row = 0; row < rows.Count; row++) // Welford's update: one pass, without cancellation
        {
            ReadOnlySpan<byte> bytes = rows.IsBytes ? rows.Bytes(row, 1, ref byteRoom) : [];
            ReadOnlySpan<float> singles = rows.IsBytes ? [] : rows.Singles(row, 1, ref singleRoom);
            for (int i = 0; i < length; i++)
            {
                double value = rows.IsBytes ? bytes[i] / 255f : singles[i], off = value - means[i];
                means[i] += off / (row + 1);
                squares[i] += off * (value - means[i]);
            }
        }
        return given with
        {
            Mean = [.. means.Select(mean => (float)mean)],
            StandardDeviation = [.. squares.Select((square, i) => Math.Sqrt(square / rows.Count) is var deviation && deviation > Math.Max(Smallest, Constant * Math.Abs(means[i])) ? (float)deviation : 1)],
        };
    }
}
