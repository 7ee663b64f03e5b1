using System.Buffers;

namespace Hdge.Detection;

/// <summary>−Σ p^γ (1 − p)^γ over the M largest p of softmax f(x) (Liu, Lochman and Zach 2023, equation 4).</summary>
internal sealed class GenDetector(double exponent, int top) : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.Gen;

    protected override double Score(ReadOnlySpan<float> logits, double temperature)
    {
        double logSum = LogitRow.Summarise(logits).LogDensity, sum = 0;
        float[] rented = ArrayPool<float>.Shared.Rent(logits.Length);
        var ordered = rented.AsSpan(0, logits.Length);
        logits.CopyTo(ordered);
        if (top < ordered.Length)
            ordered.Sort();
        for (int i = Math.Max(0, ordered.Length - top); i < ordered.Length; i++)
        {
            double p = Math.Min(1, Math.Exp(ordered[i] - logSum));
            sum += Math.Pow(p * (1 - p), exponent);
        }
        ArrayPool<float>.Shared.Return(rented);
        return -sum;
    }
}
