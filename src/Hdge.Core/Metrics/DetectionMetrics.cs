using System.Numerics;

namespace Hdge.Metrics;

/// <summary>
/// How well a score tells known from unknown images. A threshold t accepts every image with score ≥ t, equal scores together; all shares below are
/// taken over the distinct scores as thresholds, so the order of the input never matters.
/// </summary>
public sealed record DetectionMetrics
{
    /// <summary>Known images.</summary>
    public required int KnownCount { get; init; }

    /// <summary>Unknown images.</summary>
    public required int UnknownCount { get; init; }

    /// <summary>Probability that a known image scores higher than an unknown one, ties counted half; 0..1, 0.5 is chance.</summary>
    public required double Auroc { get; init; }

    /// <summary>Average precision with the known images as positives: Σ (R_t − R_before) · P_t over thresholds, highest first; 0..1, chance is the share of known images.</summary>
    public required double AuprIn { get; init; }

    /// <summary>Average precision with the unknown images as positives and the order turned round (score ≤ t); 0..1, chance is the share of unknown images.</summary>
    public required double AuprOut { get; init; }

    /// <summary>The true-positive rate asked for, (0, 1].</summary>
    public required double TruePositiveRate { get; init; }

    /// <summary>Share of unknown images accepted at the highest threshold that accepts <see cref="TruePositiveRate"/> of the known ones; 0..1, lower is better.</summary>
    public required double FalsePositiveRate { get; init; }

    /// <summary>min over t of ½ (share of known images refused + share of unknown images accepted) (Liang et al. 2018); 0..0.5, lower is better.</summary>
    public required double DetectionError { get; init; }

    /// <summary>All metrics from scores sorted once; n log n time, a copy of the scores in memory.</summary>
    /// <param name="known">Scores of in-distribution images, at least one, no NaN; higher is more in-distribution.</param>
    /// <param name="unknown">Scores of out-of-distribution images, at least one, no NaN.</param>
    /// <param name="truePositiveRate">Where to read the false-positive rate, (0, 1]. Default 0.95.</param>
    /// <exception cref="ArgumentException">One side is empty, a score is NaN, or the rate is out of range.</exception>
    public static DetectionMetrics Of(ReadOnlySpan<float> known, ReadOnlySpan<float> unknown, double truePositiveRate = 0.95) =>
        Of(new RankedScores<float>(known, unknown), truePositiveRate);

    /// <inheritdoc cref="Of(ReadOnlySpan{float}, ReadOnlySpan{float}, double)"/>
    public static DetectionMetrics Of(ReadOnlySpan<double> known, ReadOnlySpan<double> unknown, double truePositiveRate = 0.95) =>
        Of(new RankedScores<double>(known, unknown), truePositiveRate);

    private static DetectionMetrics Of<T>(RankedScores<T> scores, double truePositiveRate) where T : struct, IFloatingPointIeee754<T>
    {
        Argument.Require(truePositiveRate is > 0 and <= 1, truePositiveRate, "more than 0 and at most 1");
        int allKnown = scores.KnownCount, allUnknown = scores.UnknownCount, enough = QuantileRank.Of(truePositiveRate, allKnown);
        int known = 0, unknown = 0, acceptedUnknown = -1;
        double averageIn = 0, averageOut = 0, error = 0.5; // a threshold above every score refuses all
        foreach (var (_, k, u) in scores.Thresholds())
        {
            averageIn += (k - known) * (k / ((double)k + u));
            double unknownBelow = allUnknown - unknown; // score ≤ this threshold
            if (u > unknown)
                averageOut += (u - unknown) * (unknownBelow / (unknownBelow + allKnown - known));
            error = Math.Min(error, 0.5 * ((allKnown - k) / (double)allKnown + u / (double)allUnknown));
            if (acceptedUnknown < 0 && k >= enough)
                acceptedUnknown = u;
            (known, unknown) = (k, u);
        }
        return new()
        {
            KnownCount = allKnown,
            UnknownCount = allUnknown,
            Auroc = Metrics.Auroc.Of(scores),
            AuprIn = averageIn / allKnown,
            AuprOut = averageOut / allUnknown,
            TruePositiveRate = truePositiveRate,
            FalsePositiveRate = acceptedUnknown / (double)allUnknown,
            DetectionError = error,
        };
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}
