namespace Hdge.Calibration;

/// <summary>Mean −log p[label], in nats.</summary>
public static class NegativeLogLikelihood
{
    /// <summary>Smaller probabilities count as this one, as in ML.NET's log-loss: the largest possible value is 34.5 nats.</summary>
    public const double LowestProbability = 1e-15;

    /// <summary>The mean, 0..34.5; lower is better.</summary>
    /// <inheritdoc cref="BrierScore.Of(ReadOnlySpan{float}, ReadOnlySpan{int}, int)"/>
    public static double Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount)
    {
        ProbabilityRows.Check(probabilities, labels, classCount);
        double total = 0;
        for (int i = 0; i < labels.Length; i++)
            total += Of(probabilities[i * classCount + labels[i]]);
        return total / labels.Length;
    }

    internal static double Of(double probability) => -Math.Log(Math.Max(probability, LowestProbability));
}
