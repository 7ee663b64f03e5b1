namespace Hdge;

/// <summary>What one image's logits say, worked out in double precision on the processor: C is small, and an operator call costs more.</summary>
internal static class LogitRow
{
    /// <summary>LogSumExp of the logits and the index of the largest (the first of equals).</summary>
    public static (double LogDensity, int Best) Summarise(ReadOnlySpan<float> logits)
    {
        int best = Highest(logits);
        double top = logits[best], sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - top);
        return (top + Math.Log(sum), best);
    }

    /// <summary>Writes softmax of the logits and answers as <see cref="Summarise"/>.</summary>
    public static (double LogDensity, int Best) Softmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        var (logDensity, best) = Summarise(logits);
        for (int c = 0; c < probabilities.Length; c++)
            probabilities[c] = (float)Math.Exp(logits[c] - logDensity);
        return (logDensity, best);
    }

    /// <summary>Largest probability of softmax(logits / temperature).</summary>
    public static double Confidence(ReadOnlySpan<float> logits, double temperature)
    {
        double top = logits[Highest(logits)], sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp((logit - top) / temperature);
        return 1 / sum;
    }

    /// <summary>True where no logit is NaN or an infinity.</summary>
    public static bool IsFinite(ReadOnlySpan<float> logits)
    {
        foreach (float logit in logits)
            if (!float.IsFinite(logit))
                return false;
        return true;
    }

    private static int Highest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best])
                best = i;
        return best;
    }
}
