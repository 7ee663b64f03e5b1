using MathNet.Numerics;

namespace Hdge.Calibration;

/// <summary>Temperature scaling (Guo et al. 2017): one number T for softmax(f(x) / T), fitted by the negative log-likelihood of held-out images.</summary>
public static class TemperatureScaling
{
    private const double Lowest = 0.02, Highest = 50;

    /// <summary>The temperature with the lowest negative log-likelihood, 0.02..50.</summary>
    /// <param name="logits">Count × classes, image after image, finite.</param>
    /// <param name="labels">One class an image.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <exception cref="ArgumentException">There are no images, or the lengths do not fit.</exception>
    public static double Fit(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount)
    {
        if (labels.Length == 0 || logits.Length != (long)labels.Length * classCount)
            throw new ArgumentException($"{labels.Length} labels of {classCount} classes need {(long)labels.Length * classCount} logits and at least one label, found {logits.Length}.");
        float[] rows = logits.ToArray();
        int[] classes = labels.ToArray();
        // The likelihood is convex in 1/T, so on a logarithmic scale it has one valley.
        double log = FindMinimum.OfScalarFunctionConstrained(t => NegativeLogLikelihood(rows, classes, classCount, Math.Exp(t)), Math.Log(Lowest), Math.Log(Highest), 1e-6);
        return Math.Exp(log);
    }

    /// <summary>Mean −log softmax(f / T)[label], in nats.</summary>
    public static double NegativeLogLikelihood(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount, double temperature)
    {
        double total = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            var row = logits.Slice(i * classCount, classCount);
            double top = row[0], sum = 0;
            foreach (float logit in row)
                top = Math.Max(top, logit);
            foreach (float logit in row)
                sum += Math.Exp((logit - top) / temperature);
            total += Math.Log(sum) - (row[labels[i]] - top) / temperature;
        }
        return total / labels.Length;
    }
}
