using System.Numerics;

namespace Hdge.Metrics;

/// <summary>A point of the receiver operating characteristic curve: the shares of unknown and of known images whose score reaches the threshold.</summary>
public readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

/// <summary>The receiver operating characteristic curve, thinned for plotting.</summary>
public static class RocCurve
{
    /// <summary>
    /// The curve from (0, 0) at threshold +∞ to (1, 1) at the lowest score, one point a distinct score. Of more than <paramref name="maximumPoints"/>
    /// points it keeps some, evenly along the curve: what is left out lies within 2 / (maximumPoints − 1) of a kept point in each direction.
    /// </summary>
    /// <param name="known">Scores of in-distribution images, at least one, no NaN.</param>
    /// <param name="unknown">Scores of out-of-distribution images, at least one, no NaN.</param>
    /// <param name="maximumPoints">At least 2. Default 400.</param>
    /// <exception cref="ArgumentException">One side is empty, a score is NaN, or there are to be fewer than 2 points.</exception>
    public static RocPoint[] Of(ReadOnlySpan<float> known, ReadOnlySpan<float> unknown, int maximumPoints = 400) =>
        Of(new RankedScores<float>(known, unknown), maximumPoints);

    /// <inheritdoc cref="Of(ReadOnlySpan{float}, ReadOnlySpan{float}, int)"/>
    public static RocPoint[] Of(ReadOnlySpan<double> known, ReadOnlySpan<double> unknown, int maximumPoints = 400) =>
        Of(new RankedScores<double>(known, unknown), maximumPoints);

    private static RocPoint[] Of<T>(RankedScores<T> scores, int maximumPoints) where T : struct, IFloatingPointIeee754<T>
    {
        Argument.Require(maximumPoints >= 2, maximumPoints, "at least 2");
        List<RocPoint> points = [new(0, 0, double.PositiveInfinity)];
        int section = 0; // sections of equal length along the curve, which has length 2 in steps right and up
        foreach (var (threshold, k, u) in scores.Thresholds())
        {
            var point = new RocPoint((double)u / scores.UnknownCount, (double)k / scores.KnownCount, double.CreateChecked(threshold));
            int here = (int)Math.Ceiling((point.FalsePositiveRate + point.TruePositiveRate) / 2 * (maximumPoints - 1));
            if (here == section)
                points[^1] = point; // the last of its section stays
            else
                points.Add(point);
            section = here;
        }
        return [.. points];
    }
}
