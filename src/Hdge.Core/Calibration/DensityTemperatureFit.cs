using MathNet.Numerics.Optimization;

namespace Hdge.Calibration;

/// <summary>
/// Fits a and b. Known images alone cannot say how steep T should be, for they are all known; but they say how steep it may be. Of rising b, each with its best a, the largest is taken whose mean negative log-likelihood on the
/// held-out images exceeds the lowest by at most one standard error of the difference (the rule of <see cref="CalibrationMethod.Auto"/>): what known images do not forbid lowers the confidence on unknown ones.
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
        var candidates = new List<(DensityTemperatureCalibrator Calibrator, double[] Losses)>();
        for (int step = 0; step < Slopes; step++)
        {
            double slope = step == 0 ? 0 : temperature * Steepest * Math.Pow(2, (step + 1 - Slopes) / 2.0);
            DensityTemperatureCalibrator At(double logTemperature) => new(data.ClassCount, data.Score, temperature, Inverse(Math.Exp(logTemperature)), slope, mean, deviation, highest);
            double middle = Math.Log(temperature), best = slope == 0 ? middle
                : GoldenSectionMinimizer.Minimum(ObjectiveFunction.ScalarValue(at => Losses(At(at), data, scores, cancellationToken).Average()), middle - Range, middle + Range, Accuracy).MinimizingPoint;
            var candidate = At(best);
            candidates.Add((candidate, Losses(candidate, data, scores, cancellationToken)));
        }
        double[] lowest = candidates.MinBy(c => c.Losses.Average()).Losses;
        return candidates.Last(c => c.Losses.Average() - lowest.Average() <= CalibratorFitting.StandardError([.. c.Losses.Zip(lowest, (a, b) => a - b)])).Calibrator;
    }

    /// <summary>x with softplus(x) = y.</summary>
    private static double Inverse(double y) => y > 30 ? y : Math.Log(Math.Exp(y) - 1);

    private static double[] Losses(DensityTemperatureCalibrator calibrator, LabelledLogits data, double[] scores, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var losses = new double[data.Count];
        for (int i = 0; i < losses.Length; i++)
            losses[i] = LogitRow.Loss(data.Row(i), data.Labels[i], calibrator.TemperatureAt(scores[i]));
        return losses;
    }
}
