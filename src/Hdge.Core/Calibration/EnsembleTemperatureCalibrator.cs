using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>
/// w₁ softmax(f(x) / T) + w₂ softmax f(x) + w₃ / C (ensemble temperature scaling, Zhang, Kailkhura and Han 2020, "Mix-n-Match", section 4.1). All three rank the classes alike, so the predicted class never changes.
/// </summary>
public sealed class EnsembleTemperatureCalibrator : Calibrator
{
    private const double SumTolerance = 1e-9;
    private const double Gap = 1e-10; // nats that are left to gain at most
    private const int MaximumIterations = 20_000;

    [JsonConstructor]
    internal EnsembleTemperatureCalibrator(int classCount, double temperature, double scaledWeight, double plainWeight, double uniformWeight) : base(classCount)
    {
        Valid(temperature > 0 && double.IsFinite(temperature), FormattableString.Invariant($"its temperature is {temperature}, expected a finite number above 0"));
        double sum = scaledWeight + plainWeight + uniformWeight;
        Valid(Math.Min(scaledWeight, Math.Min(plainWeight, uniformWeight)) >= 0 && Math.Abs(sum - 1) <= SumTolerance,
            FormattableString.Invariant($"its weights are {scaledWeight}, {plainWeight} and {uniformWeight}, expected numbers of at least 0 that sum to 1"));
        (Temperature, ScaledWeight, PlainWeight, UniformWeight) = (temperature, scaledWeight, plainWeight, uniformWeight);
    }

    /// <summary>T, as <see cref="TemperatureCalibrator"/> fits it.</summary>
    public double Temperature { get; }

    /// <summary>w₁, the share of softmax(f(x) / T), 0..1.</summary>
    public double ScaledWeight { get; }

    /// <summary>w₂, the share of softmax f(x), 0..1.</summary>
    public double PlainWeight { get; }

    /// <summary>w₃, the share of 1 / C, 0..1.</summary>
    public double UniformWeight { get; }

    /// <summary>
    /// T by itself, then the weights with the lowest negative log-likelihood at that T, as the paper's code does it. That is convex in the weights: expectation and maximisation from equal ones, until at
    /// most 1e-10 nats are left to gain.
    /// </summary>
    /// <param name="data">Held-out images.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static EnsembleTemperatureCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        double temperature = TemperatureCalibrator.Fit(data, cancellationToken).Temperature;
        var (scaled, plain) = (new double[data.Count], new double[data.Count]);
        for (int i = 0; i < data.Count; i++)
        {
            int label = data.Labels[i];
            (scaled[i], plain[i]) = (LogitRow.Probability(data.Row(i), label, temperature), LogitRow.Probability(data.Row(i), label, 1));
        }
        var (first, second, third) = Weights(scaled, plain, 1.0 / data.ClassCount, cancellationToken);
        return new(data.ClassCount, temperature, first, second, third);
    }

    /// <inheritdoc/>
    protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        double top = logits[LogitRow.Best(logits)];
        double scaledSum = LogitRow.SumOverTop(logits, top, Temperature), plainSum = LogitRow.SumOverTop(logits, top, 1);
        for (int c = 0; c < probabilities.Length; c++)
            probabilities[c] = (float)(ScaledWeight * Math.Exp((logits[c] - top) / Temperature) / scaledSum + PlainWeight * Math.Exp(logits[c] - top) / plainSum + UniformWeight / ClassCount);
    }

    /// <summary>The mixture of the three that makes the labels likeliest.</summary>
    /// <param name="scaled">What softmax(f / T) gives each image's label.</param>
    /// <param name="plain">What softmax f gives it.</param>
    /// <param name="uniform">1 / C.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    private static (double Scaled, double Plain, double Uniform) Weights(double[] scaled, double[] plain, double uniform, CancellationToken cancellationToken)
    {
        double first = 1.0 / 3, second = 1.0 / 3, third = 1.0 / 3;
        for (int iteration = 0; iteration < MaximumIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double gainFirst = 0, gainSecond = 0, gainThird = 0;
            for (int i = 0; i < scaled.Length; i++)
            {
                double share = 1 / (first * scaled[i] + second * plain[i] + third * uniform) / scaled.Length;
                gainFirst += scaled[i] * share;
                gainSecond += plain[i] * share;
                gainThird += uniform * share;
            }
            // The likelihood is concave: log of the largest gain bounds what any other weights could add (Lindsay 1983).
            if (Math.Log(Math.Max(gainFirst, Math.Max(gainSecond, gainThird))) <= Gap)
                break;
            (first, second, third) = (first * gainFirst, second * gainSecond, third * gainThird);
        }
        double sum = first + second + third;
        return (first / sum, second / sum, third / sum);
    }
}
