using System.Text.Json.Serialization;

namespace Hdge.Detection;

/// <summary>
/// What decides whether an image is in-distribution: one score, and the range in which it must lie. The upper side is there because some scores, the log-density first of
/// all, grow without bound on input that resembles no image. A score that ends where it is best (a probability of 1, a distance of 0) has an upper side that nothing
/// reaches; what tells then is the range of the pixels, <see cref="Data.PixelRange"/>.
/// </summary>
public sealed record Decision
{
    private const double HighShare = 0.99;

    /// <summary>The score; never <see cref="DetectionScore.Auto"/>.</summary>
    public required DetectionScore Score { get; init; }

    /// <summary>The lowest score that is kept; −∞ for none.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public required double Lower { get; init; }

    /// <summary>The highest score that is kept; +∞ for none.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public required double Upper { get; init; }

    /// <summary>Of a model that was not fitted yet: whatever log-density is a number.</summary>
    internal static Decision Open { get; } = new() { Score = DetectionScore.LogDensity, Lower = double.NegativeInfinity, Upper = double.PositiveInfinity };

    /// <summary>True where <see cref="Lower"/> ≤ score ≤ <see cref="Upper"/>; NaN is never kept.</summary>
    public bool Keeps(float score) => score >= Lower && score <= Upper;

    /// <summary>
    /// From scores of known images. <see cref="Upper"/> lies as far above their 0.99 quantile as that lies above their median (further where the rate asks for it; +∞ where the
    /// two are equal). <see cref="Lower"/> is then the highest score with which at least <paramref name="rate"/> of all the images are kept. Equal scores are kept or refused together.
    /// </summary>
    /// <param name="score">Which score it is.</param>
    /// <param name="known">Scores of known images as they are reported, at least one, finite.</param>
    /// <param name="rate">Share of them to keep, (0, 1].</param>
    /// <exception cref="ArgumentException">There are no scores, one is not finite, or the rate is out of range.</exception>
    public static Decision Fit(DetectionScore score, ReadOnlySpan<float> known, double rate)
    {
        ArgumentNullException.ThrowIfNull(score);
        Argument.Require(score != DetectionScore.Auto, score, "a score other than auto");
        Argument.Require(rate > 0 && rate <= 1, rate, "in (0, 1]");
        if (known.IsEmpty)
            throw new ArgumentException("A decision needs at least one score, found none.", nameof(known));
        for (int i = 0; i < known.Length; i++)
            if (!float.IsFinite(known[i]))
                throw new ArgumentException(FormattableString.Invariant($"The {score} of known image {i} is {known[i]}, expected finite numbers: the network is not usable."), nameof(known));
        float[] ascending = known.ToArray();
        Array.Sort(ascending);
        int count = ascending.Length, kept = QuantileRank.Of(rate, count);
        double high = ascending[QuantileRank.Of(HighShare, count) - 1], median = ascending[(count - 1) / 2];
        double upper = high > median ? Math.Max(high + (high - median), ascending[kept - 1]) : double.PositiveInfinity;
        int within = ascending.Count(s => s <= upper);
        return new() { Score = score, Lower = ascending[within - kept], Upper = upper };
    }

    /// <exception cref="InvalidDataException">A value from a file is out of range.</exception>
    internal void Validate()
    {
        if (Score is null || Score == DetectionScore.Auto || !(Lower <= Upper))
            throw new InvalidDataException(FormattableString.Invariant($"The model's decision is {Score} from {Lower} to {Upper}, expected the name of a score other than auto and an ascending range."));
    }
}
