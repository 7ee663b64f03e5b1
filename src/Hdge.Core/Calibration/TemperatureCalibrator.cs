using System.Text.Json.Serialization;
using MathNet.Numerics.RootFinding;

namespace Hdge.Calibration;

/// <summary>softmax(f(x) / T), one number T for all classes (temperature scaling, Guo et al. 2017, section 4.2). Never changes the predicted class.</summary>
public sealed class TemperatureCalibrator : Calibrator
{
    private const double Lowest = 0.02, Highest = 50;
    private const double Accuracy = 1e-12; // of log T

    [JsonConstructor]
    internal TemperatureCalibrator(int classCount, double temperature) : base(classCount)
    {
        Valid(temperature > 0 && double.IsFinite(temperature), FormattableString.Invariant($"its temperature is {temperature}, expected a finite number above 0"));
        Temperature = temperature;
    }

    /// <summary>T; above 1 where the network was too sure.</summary>
    public double Temperature { get; }

    /// <inheritdoc/>
    internal override double DetectionTemperature => Temperature;

    /// <summary>The temperature with the lowest negative log-likelihood, 0.02..50; 1 where it is the same at every temperature.</summary>
    /// <param name="data">Held-out images.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static TemperatureCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data.ClassCount, Best(data, cancellationToken));
    }

    /// <inheritdoc/>
    protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities) => Softmax(logits, probabilities, Temperature);

    private static double Best(LabelledLogits data, CancellationToken cancellationToken)
    {
        // The likelihood is convex in 1/T: where its slope has one sign throughout, the minimum is at an end.
        double atLowest = Slope(Math.Log(Lowest)), atHighest = Slope(Math.Log(Highest));
        if (atLowest <= 0 && atHighest >= 0)
            return 1;
        if (atLowest <= 0)
            return Lowest;
        if (atHighest >= 0)
            return Highest;
        return Math.Clamp(Math.Exp(Brent.FindRoot(Slope, Math.Log(Lowest), Math.Log(Highest), Accuracy)), Lowest, Highest);

        double Slope(double logTemperature)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return SlopeInInverse(data, Math.Exp(logTemperature));
        }
    }

    /// <summary>Derivative of the mean negative log-likelihood with respect to 1/T: mean logit under softmax(f / T) less the label's, averaged.</summary>
    private static double SlopeInInverse(LabelledLogits data, double temperature)
    {
        double total = 0;
        for (int i = 0; i < data.Count; i++)
        {
            var row = data.Row(i);
            double top = row[LogitRow.Best(row)];
            total += LogitRow.MeanOverTop(row, temperature) - (row[data.Labels[i]] - top);
        }
        return total / data.Count;
    }
}
