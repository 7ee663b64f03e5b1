namespace Hdge.Metrics;

/// <summary>The images whose confidence lies in (<paramref name="Low"/>, <paramref name="High"/>]. Without images, confidence and accuracy are 0.</summary>
public readonly record struct ReliabilityBin(double Low, double High, int Count, double MeanConfidence, double Accuracy)
{
    /// <summary>|accuracy − mean confidence|.</summary>
    public double Gap => Math.Abs(Accuracy - MeanConfidence);

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

/// <summary>What a reliability diagram shows (Guo et al. 2017, equations 1 and 2).</summary>
public static class Reliability
{
    /// <summary>Images in equal bins (lo, hi] of confidence; a confidence of 0 is in the first.</summary>
    /// <param name="confidences">Probability of the predicted class, 0..1, one an image.</param>
    /// <param name="correct">Whether the predicted class was right, one an image.</param>
    /// <param name="bins">Number of bins, at least 1. Default 20 as in the HDGE paper.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no images, or a confidence is outside 0..1.</exception>
    public static ReliabilityBin[] Bins(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct, int bins = 20)
    {
        Argument.Require(bins >= 1, bins, "at least 1");
        Check(confidences, correct);
        var (counts, sums, right) = (new int[bins], new double[bins], new int[bins]);
        for (int i = 0; i < confidences.Length; i++)
        {
            int bin = Bin(confidences[i], bins);
            counts[bin]++;
            sums[bin] += confidences[i];
            right[bin] += correct[i] ? 1 : 0;
        }
        var result = new ReliabilityBin[bins];
        for (int b = 0; b < bins; b++)
        {
            double count = Math.Max(1, counts[b]);
            result[b] = new((double)b / bins, (double)(b + 1) / bins, counts[b], sums[b] / count, right[b] / count);
        }
        return result;
    }

    /// <summary>The bin of a confidence. The product of a single and a small whole number is exact in double precision: so are the edges.</summary>
    internal static int Bin(float confidence, int bins) => Math.Max(0, (int)Math.Ceiling((double)confidence * bins) - 1);

    internal static void Check(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct)
    {
        if (confidences.Length != correct.Length || confidences.Length == 0)
            throw new ArgumentException($"There are {confidences.Length} confidences and {correct.Length} outcomes, expected as many of both and at least one.");
        for (int i = 0; i < confidences.Length; i++)
            if (!(confidences[i] >= 0 && confidences[i] <= 1))
                throw new ArgumentException($"Confidence {i} is {confidences[i]}, expected 0..1.", nameof(confidences));
    }
}
