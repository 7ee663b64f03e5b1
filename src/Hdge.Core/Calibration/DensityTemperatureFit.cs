using MathNet.Numerics.Optimization;

namespace Hdge.Calibration;

/// <summary>
/// The a and b ≥ 0 with the lowest negative log-likelihood on held-out images. They are all known; unknown ones need not be seen, for the sign of b is fixed: how much the known images of low score are less often right says how much
/// less sure to be, and the line goes on below them. Steeper slopes that held-out images do not refute (within a standard error) lower the confidence on unknown images further, but cost twice the calibration error on known ones
/// (docs/calibration.md). b from a grid of ratio √2, a by golden section.
/// </summary>
internal static class DensityTemperatureFit
{
    private const int Slopes = 14;
    private const double Steepest = 4; // times the temperature, a standard deviation of d
    private const double Accuracy = 1e-5; // of log T at the mean
    private const double Range = 4; // of log T around the plain temperature's: e^±4

    public static DensityTemperatureCalibrator Run(LabelledLogits data, CancellationToken cancellationToken)
    {
        double temperature = TemperatureCalibrator.Fit(data, cancellationToken).Temperature;
        double[] scores = [.. Enumerable.Range(0, data.Count).Select(i => data.Score is null ? DensityTemperatureCalibrator.CentredDensity(data.Row(i)) : data.Scores[i])];
        double mean = scores.Average(), deviation = Math.Sqrt(scores.Average(s => (s - mean) * (s - mean)));
        deviation = deviation > 0 ? deviation : 1;
        double highest = (scores.Max() - mean) / deviation;
        var candidates = new List<(DensityTemperatureCalibrator Calibrator, double Loss)>();
        for (int step = 0; step < Slopes; step++)
        {
            double slope = step == 0 ? 0 : temperature * Steepest * Math.Pow(2, (step + 1 - Slopes) / 2.0);
            DensityTemperatureCalibrator At(double logTemperature) => new(data.ClassCount, data.Score, temperature, Inverse(Math.Exp(logTemperature)), slope, mean, deviation, highest);
            double middle = Math.Log(temperature), best = slope == 0 ? middle
                : GoldenSectionMinimizer.Minimum(ObjectiveFunction.ScalarValue(at => Loss(At(at), data, scores, cancellationToken)), middle - Range, middle + Range, Accuracy).MinimizingPoint;
            var candidate = At(best);
            candidates.Add((candidate, Loss(candidate, data, scores, cancellationToken)));
        }
        return candidates.MinBy(c => c.Loss).Calibrator; // of equal ones the least steep
    }

    /// <summary>x with softplus(x) = y.</summary>
    private static double Inverse(double y) => y > 30 ? y : Math.Log(Math.Exp(y) - 1);

    private static double Loss(DensityTemperatureCalibrator calibrator, LabelledLogits data, double[] scores, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        double sum = 0;
        for (int i = 0; i < data.Count; i++)
            sum += LogitRow.Loss(data.Row(i), data.Labels[i], calibrator.TemperatureAt(scores[i]));
        return sum / data.Count;
    }
}
