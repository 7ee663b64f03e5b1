namespace Hdge.Calibration;

/// <summary>softmax(scale · f) of a row, exponentials and sum in double precision.</summary>
internal static class Softmax
{
    /// <param name="logits">May be the same memory as <paramref name="probabilities"/>.</param>
    /// <param name="scale">1 / temperature.</param>
    /// <param name="probabilities">As many as logits.</param>
    /// <exception cref="ArgumentException">A logit is not finite.</exception>
    public static void Of(ReadOnlySpan<float> logits, double scale, Span<float> probabilities)
    {
        double top = double.NegativeInfinity, sum = 0;
        for (int c = 0; c < logits.Length; c++)
        {
            if (!float.IsFinite(logits[c]))
                throw new ArgumentException($"Logit {c} is {logits[c]}, expected a finite number.", nameof(logits));
            top = Math.Max(top, logits[c]);
        }
        for (int c = 0; c < logits.Length; c++)
        {
            double weight = Math.Exp((logits[c] - top) * scale);
            sum += weight;
            probabilities[c] = (float)weight;
        }
        foreach (ref float p in probabilities)
            p = (float)(p / sum);
    }
}
