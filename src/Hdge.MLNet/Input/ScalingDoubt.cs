using Hdge.Data;

namespace Hdge.MLNet.Input;

/// <summary>Whether the values of a training set can be those of images of 0..1, or were scaled too little or too often.</summary>
internal static class ScalingDoubt
{
    // After scaling. More than MostUsual: more likely the factor 1/255 was forgotten. Less than LeastUsual: values of 0..1, or standardised ones
    // (|x| below 10 or so), were multiplied by 1/255. Under MostNegative with a mean to subtract: they were standardised before.
    private const float MostUsual = 2, LeastUsual = 0.05f, MostNegative = -0.1f;

    /// <summary>What to tell of a range, or null where it is as expected.</summary>
    /// <param name="range">Smallest and largest value after scaling.</param>
    /// <param name="scaling">The scaling.</param>
    /// <param name="isBytes">Whether the values are bytes, divided by 255.</param>
    /// <param name="column">Name of the feature column.</param>
    public static string? Of(Extent range, PixelScaling scaling, bool isBytes, string column)
    {
        float largest = range.Largest;
        if (largest > MostUsual)
            return InputMessages.LargeValues(column, largest);
        if (largest < LeastUsual)
            return InputMessages.SmallValues(column, largest, isBytes, scaling.Scale);
        return range.Low < MostNegative && scaling.Mean.Any(mean => mean != 0) ? InputMessages.NegativeValues(column, range.Low) : null;
    }
}
