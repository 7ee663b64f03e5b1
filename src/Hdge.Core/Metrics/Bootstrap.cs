using Hdge.Data;
using MathNet.Numerics.Statistics;

namespace Hdge.Metrics;

/// <summary>
/// Bootstrap percentile intervals (Efron and Tibshirani 1993, chapter 13): the statistic of many samples drawn with replacement, and the
/// quantiles of what came out. Deterministic by the seed, whatever the number of threads.
/// </summary>
/// <remarks>
/// A resample's indices come in ascending order, so a statistic that needs sorted data can sort it once beforehand. 1000 resamples of the AUROC of 10,000
/// against 10,000 sorted scores take about 2 seconds on two cores; time grows with the number of items and of resamples.
/// </remarks>
internal static class Bootstrap
{
    /// <summary>Interval of a statistic of one sample.</summary>
    /// <param name="statistic">The statistic of the items with these indices (0-based, ascending, with repetitions). Called from several threads.</param>
    /// <param name="count">Number of items, at least 1.</param>
    /// <param name="resamples">Number of samples drawn, at least 20. Default 1000.</param>
    /// <param name="confidence">Share of the resamples' values between the ends, 0 &lt; confidence &lt; 1. Default 0.95.</param>
    /// <param name="seed">Seed of the draws. Default 0.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ArgumentException">The statistic of a resample is NaN.</exception>
    public static (double Low, double High) Interval(Func<ReadOnlySpan<int>, double> statistic, int count, int resamples = 1000, double confidence = 0.95, int seed = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        return Interval((items, _) => statistic(items), count, 0, resamples, confidence, seed, cancellation);
    }

    /// <summary>Interval of a statistic of two samples drawn each by itself, such as the AUROC of known and unknown images.</summary>
    /// <param name="statistic">The statistic of the items with these indices, of the first sample and of the second.</param>
    /// <param name="firstCount">Number of items of the first sample, at least 1.</param>
    /// <param name="secondCount">Number of items of the second sample.</param>
    /// <param name="resamples">Number of samples drawn, at least 20. Default 1000.</param>
    /// <param name="confidence">Share of the resamples' values between the ends, 0 &lt; confidence &lt; 1. Default 0.95.</param>
    /// <param name="seed">Seed of the draws. Default 0.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="ArgumentException">The statistic of a resample is NaN.</exception>
    public static (double Low, double High) Interval(Func<ReadOnlySpan<int>, ReadOnlySpan<int>, double> statistic, int firstCount, int secondCount, int resamples = 1000,
        double confidence = 0.95, int seed = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        Argument.Require(firstCount >= 1, firstCount, "at least 1");
        Argument.Require(secondCount >= 0, secondCount, "at least 0");
        Argument.Require(resamples >= 20, resamples, "at least 20");
        Argument.Require(confidence > 0 && confidence < 1, confidence, "between 0 and 1");
        var values = new double[resamples];
        Parallel.For(0, resamples, new ParallelOptions { CancellationToken = cancellation }, () => (First: new Resample(firstCount), Second: new Resample(secondCount)), (i, _, samples) =>
        {
            var random = new Random(Seeds.Mix(seed, i));
            values[i] = statistic(samples.First.Draw(random), samples.Second.Draw(random));
            return samples;
        }, _ => { });
        Array.Sort(values);
        if (double.IsNaN(values[0]))
            throw new ArgumentException("The statistic of a resample is NaN, expected a number for every resample.", nameof(statistic));
        double tail = (1 - confidence) / 2;
        return (SortedArrayStatistics.QuantileCustom(values, tail, QuantileDefinition.R7), SortedArrayStatistics.QuantileCustom(values, 1 - tail, QuantileDefinition.R7));
    }

    /// <summary>The buffers of one thread.</summary>
    private sealed class Resample(int count)
    {
        private readonly int[] _times = new int[count], _indices = new int[count];

        public ReadOnlySpan<int> Draw(Random random)
        {
            Array.Clear(_times);
            for (int i = 0; i < _times.Length; i++)
                _times[random.Next(_times.Length)]++;
            for (int i = 0, at = 0; i < _times.Length; i++)
                for (int n = _times[i]; n > 0; n--)
                    _indices[at++] = i;
            return _indices;
        }
    }
}
