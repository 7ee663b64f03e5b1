using System.Text.Json.Serialization;
using Hdge.Metrics;

namespace Hdge.Calibration;

/// <summary>How often images were of the class in each of 15 equal bins of its probability (histogram binning, Zadrozny and Elkan 2001; 15 as in Guo et al. 2017).</summary>
internal sealed class HistogramCalibrator : OneVersusRestCalibrator
{
    [JsonConstructor]
    internal HistogramCalibrator(int classCount, IReadOnlyList<StepFunction> steps) : base(classCount, steps)
    {
    }

    /// <summary>
    /// On each bin (lo, hi] the mean outcome, counted as Platt's targets (N₊ + 1) / (N₊ + 2) and 1 / (N₋ + 2); the bin's middle where there are no images.
    /// </summary>
    /// <param name="data">Held-out images.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static HistogramCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data.ClassCount, FitSteps(data, (p, y) => FitClass(p, y), cancellationToken));
    }

    /// <summary>The function of one class.</summary>
    /// <param name="probabilities">At least one, 0..1.</param>
    /// <param name="positive">Whether the image is of the class, one a probability.</param>
    /// <param name="bins">Number of bins, at least 1.</param>
    internal static StepFunction FitClass(ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> positive, int bins = 15)
    {
        Argument.Require(bins >= 1, bins, "at least 1");
        Reliability.Check(probabilities, positive);
        var targets = PlattTargets.Of(positive);
        float[] upper = [.. Enumerable.Range(1, bins).Select(b => (float)b / bins)];
        var (right, counts) = (new int[bins], new int[bins]);
        for (int i = 0; i < probabilities.Length; i++)
        {
            int bin = StepFunction.Find(upper, probabilities[i]);
            right[bin] += positive[i] ? 1 : 0;
            counts[bin]++;
        }
        return new(upper, right.Select((hits, b) => counts[b] > 0 ? targets.Mean(hits, counts[b]) : (float)((b + 0.5) / bins)).ToArray());
    }
}
