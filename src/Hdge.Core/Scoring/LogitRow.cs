using Hdge.Calibration;
using Hdge.Detection;

namespace Hdge;

/// <summary>What one image's logits say, worked out in double precision on the processor: C is small, and an operator call costs more. The one softmax of the package outside tensors.</summary>
internal static class LogitRow
{
    /// <summary>LogSumExp of the logits and the index of the largest (the first of equals).</summary>
    public static (double LogDensity, int Best) Summarise(ReadOnlySpan<float> logits)
    {
        int best = Best(logits);
        return (logits[best] + Math.Log(SumOverTop(logits, logits[best], 1)), best);
    }

    /// <summary>T·LogSumExp(f / T).</summary>
    public static double LogSumExp(ReadOnlySpan<float> logits, double temperature)
    {
        double top = logits[Best(logits)];
        return top + temperature * Math.Log(SumOverTop(logits, top, temperature));
    }

    /// <summary>Writes softmax(f / T) and answers LogSumExp(f / T) and the index of the largest logit.</summary>
    /// <param name="logits">May be the same memory as <paramref name="probabilities"/>.</param>
    /// <param name="probabilities">As many.</param>
    /// <param name="temperature">T, above 0.</param>
    public static (double LogDensity, int Best) Softmax(ReadOnlySpan<float> logits, Span<float> probabilities, double temperature = 1)
    {
        int best = Best(logits);
        double top = logits[best], sum = SumOverTop(logits, top, temperature);
        for (int c = 0; c < probabilities.Length; c++)
            probabilities[c] = (float)(Math.Exp((logits[c] - top) / temperature) / sum);
        return (top / temperature + Math.Log(sum), best);
    }

    /// <summary>Writes what a model says of an image: the one place where logits become scores and a flag.</summary>
    /// <param name="logits">Of one image.</param>
    /// <param name="row">Where the image's scores go; whether it is in range stands there already.</param>
    /// <param name="into">Takes the scores.</param>
    /// <param name="score">The score that decides; null where that is the log-density.</param>
    /// <param name="calibrator">The model's.</param>
    /// <param name="decision">The model's.</param>
    public static void Score(ReadOnlySpan<float> logits, int row, ScoreBatch into, float? score, Calibrator calibrator, Decision decision)
    {
        int classes = into.ClassCount;
        var (logDensity, best) = Softmax(logits, into.Probabilities.AsSpan(row * classes, classes));
        into.LogDensity[row] = (float)logDensity;
        var calibrated = into.CalibratedProbabilities.AsSpan(row * classes, classes);
        bool finite = IsFinite(logits);
        if (finite)
            calibrator.Apply(logits, [score ?? into.LogDensity[row]], calibrated);
        else
            calibrated.Fill(float.NaN);
        into.Confidence[row] = calibrated[best];
        into.DetectionScore[row] = score ?? into.LogDensity[row];
        // On the value that the caller sees, so that flag and column never disagree.
        into.IsInDistribution[row] = finite && into.IsInRange[row] && decision.Keeps(into.DetectionScore[row]);
        into.PredictedClass[row] = best;
        into.Disagreement[row] = 0;
    }

    /// <summary>Largest probability of softmax(f / T).</summary>
    public static double Confidence(ReadOnlySpan<float> logits, double temperature) => 1 / SumOverTop(logits, logits[Best(logits)], temperature);

    /// <summary>What softmax(f / T) gives a class.</summary>
    public static double Probability(ReadOnlySpan<float> logits, int c, double temperature)
    {
        double top = logits[Best(logits)];
        return Math.Exp((logits[c] - top) / temperature) / SumOverTop(logits, top, temperature);
    }

    /// <summary>−log of what softmax(f / T) gives a class, in nats.</summary>
    public static double Loss(ReadOnlySpan<float> logits, int c, double temperature)
    {
        double top = logits[Best(logits)];
        return (top - logits[c]) / temperature + Math.Log(SumOverTop(logits, top, temperature));
    }

    /// <summary>Mean of f − max f under softmax(f / T), at most 0.</summary>
    public static double MeanOverTop(ReadOnlySpan<float> logits, double temperature)
    {
        double top = logits[Best(logits)], sum = 0, weighted = 0;
        foreach (float logit in logits)
        {
            double weight = Math.Exp((logit - top) / temperature);
            sum += weight;
            weighted += weight * (logit - top);
        }
        return weighted / sum;
    }

    /// <summary>True where no logit is NaN or an infinity.</summary>
    public static bool IsFinite(ReadOnlySpan<float> logits)
    {
        foreach (float logit in logits)
            if (!float.IsFinite(logit))
                return false;
        return true;
    }

    /// <summary>Index of the largest value, the first of equals.</summary>
    public static int Best(ReadOnlySpan<float> row)
    {
        int best = 0;
        for (int i = 1; i < row.Length; i++)
            if (row[i] > row[best])
                best = i;
        return best;
    }

    /// <summary>Σ exp((f − top) / T), from 1 to the number of classes.</summary>
    public static double SumOverTop(ReadOnlySpan<float> logits, double top, double temperature)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp((logit - top) / temperature);
        return sum;
    }
}
