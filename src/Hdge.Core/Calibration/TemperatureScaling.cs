using MathNet.Numerics.RootFinding;

namespace Hdge.Calibration;

/// <summary>Temperature scaling (Guo et al. 2017): one number T for softmax(f(x) / T), fitted by the negative log-likelihood of held-out images.</summary>
public static class TemperatureScaling
{
    private const double Lowest = 0.02, Highest = 50;
    private const double Accuracy = 1e-12; // of log T

    /// <summary>The temperature with the lowest negative log-likelihood, 0.02..50; 1 where it is the same at every temperature.</summary>
    /// <param name="logits">Count × classes, image after image, finite.</param>
    /// <param name="labels">One class an image.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <exception cref="ArgumentException">There are no images, the lengths do not fit, or a logit is not finite.</exception>
    public static double Fit(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount)
    {
        ProbabilityRows.CheckLogits(logits, labels, classCount);
        float[] rows = logits.ToArray();
        int[] classes = labels.ToArray();
        // The likelihood is convex in 1/T: where its slope has one sign throughout, the minimum is at an end.
        double atLowest = Slope(Math.Log(Lowest)), atHighest = Slope(Math.Log(Highest));
        if (atLowest <= 0 && atHighest >= 0)
            return 1;
        if (atLowest <= 0)
            return Lowest;
        if (atHighest >= 0)
            return Highest;
        return Math.Clamp(Math.Exp(Brent.FindRoot(Slope, Math.Log(Lowest), Math.Log(Highest), Accuracy)), Lowest, Highest);

        double Slope(double logTemperature) => SlopeInInverse(rows, classes, classCount, Math.Exp(logTemperature));
    }

    /// <summary>Derivative of the mean negative log-likelihood with respect to 1/T: mean logit under softmax(f / T) less the label's, averaged.</summary>
    private static double SlopeInInverse(float[] logits, int[] labels, int classCount, double temperature)
    {
        double total = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            var row = logits.AsSpan(i * classCount, classCount);
            double top = row[0], sum = 0, weighted = 0;
            foreach (float logit in row)
                top = Math.Max(top, logit);
            foreach (float logit in row)
            {
                double weight = Math.Exp((logit - top) / temperature);
                sum += weight;
                weighted += weight * (logit - top);
            }
            total += weighted / sum - (row[labels[i]] - top);
        }
        return total / labels.Length;
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
