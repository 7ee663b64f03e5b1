using Hdge.Metrics;

namespace Hdge.Calibration;

/// <summary>Logits for a classifier that gives only probabilities: their logarithms.</summary>
public static class LogProbabilities
{
    /// <summary>log p, with p clipped below at <see cref="ProbabilityMetrics.LowestProbability"/>.</summary>
    /// <param name="probabilities">0..1; a rounding error of up to 0.001 above 1 counts as 1.</param>
    /// <param name="logits">As many; may be the same memory.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a probability is out of range.</exception>
    public static void Of(ReadOnlySpan<float> probabilities, Span<float> logits)
    {
        if (probabilities.Length != logits.Length)
            throw new ArgumentException($"There are {probabilities.Length} probabilities and room for {logits.Length} logits, expected the same number.");
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (!(probabilities[i] >= 0 && probabilities[i] <= 1.001f))
                throw new ArgumentException($"Probability {i} is {probabilities[i]}, expected 0..1.", nameof(probabilities));
            logits[i] = (float)Math.Log(Math.Clamp(probabilities[i], ProbabilityMetrics.LowestProbability, 1));
        }
    }
}
