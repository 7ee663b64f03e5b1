using System.Text.Json.Serialization;
using Hdge.Detection;

namespace Hdge.Calibration;

/// <summary>
/// softmax(f(x) / T(x)) with T(x) = softplus(a − b·d(x)), b ≥ 0: the less an image looks like those trained on, the higher the temperature, and the lower the confidence (temperatures by density: Tomani et al. 2023; the form is
/// this project's). d is the model's detection score, or without one the log-density that the logits tell, LogSumExp of f less its mean; either standardised on the held-out images. Never changes the predicted class.
/// </summary>
public sealed class DensityTemperatureCalibrator : Calibrator
{
    [JsonConstructor]
    internal DensityTemperatureCalibrator(int classCount, DetectionScore? score, double temperature, double intercept, double slope, double mean, double deviation, double highest) : base(classCount)
    {
        foreach (var (name, value) in new[] { (nameof(Intercept), intercept), (nameof(Mean), mean), (nameof(Highest), highest) })
            Valid(double.IsFinite(value), FormattableString.Invariant($"{name} is {value}, expected a finite number"));
        foreach (var (name, value) in new[] { (nameof(Temperature), temperature), (nameof(Deviation), deviation) })
            Valid(value > 0 && double.IsFinite(value), FormattableString.Invariant($"{name} is {value}, expected a finite number above 0"));
        Valid(slope >= 0 && double.IsFinite(slope), FormattableString.Invariant($"{nameof(Slope)} is {slope}, expected a finite number of at least 0"));
        Valid(score != DetectionScore.Auto, $"{nameof(Score)} is auto, expected the name of another score, or null");
        (Score, Temperature, Intercept, Slope, Mean, Deviation, Highest) = (score, temperature, intercept, slope, mean, deviation, highest);
    }

    /// <summary>The detection score that d is made of; null for the centred log-density of the logits.</summary>
    [JsonConverter(typeof(OptionalScoreConverter))]
    public DetectionScore? Score { get; }

    /// <summary>The one temperature that <see cref="TemperatureCalibrator"/> would have: what detectors go by that use one.</summary>
    public double Temperature { get; }

    /// <summary>a.</summary>
    public double Intercept { get; }

    /// <summary>b, at least 0.</summary>
    public double Slope { get; }

    /// <summary>Mean of the held-out images' scores.</summary>
    public double Mean { get; }

    /// <summary>Their standard deviation, above 0.</summary>
    public double Deviation { get; }

    /// <summary>The highest of their d: beyond it T does not fall further, for a score can rise without bound on images that resemble nothing.</summary>
    public double Highest { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool TakesScore => Score is not null;

    /// <inheritdoc/>
    internal override double DetectionTemperature => Temperature;

    /// <inheritdoc cref="DensityTemperatureFit"/>
    /// <param name="data">Held-out images, with scores or without.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static DensityTemperatureCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return DensityTemperatureFit.Run(data, cancellationToken);
    }

    /// <summary>T of an image, above 0; +∞, which makes all classes equal, where the score is −∞ or no number.</summary>
    /// <param name="score">The image's.</param>
    public double TemperatureAt(double score)
    {
        if (Slope == 0)
            return Softplus(Intercept);
        return double.IsNaN(score) ? double.PositiveInfinity : Softplus(Intercept - Slope * Math.Min((score - Mean) / Deviation, Highest));
    }

    /// <summary>The log-density that logits tell whatever constant is added to them.</summary>
    internal static double CentredDensity(ReadOnlySpan<float> logits) => LogitRow.LogSumExp(logits, 1) - AffineScaling.Mean(logits);

    /// <summary>log(1 + e^x), at least the smallest that divides.</summary>
    internal static double Softplus(double x) => Math.Max(Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))), Smallest);

    /// <summary>Least temperature: below it logits / T may leave the finite numbers.</summary>
    internal const double Smallest = 1e-6;

    /// <inheritdoc/>
    protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities) => Softmax(logits, probabilities, TemperatureAt(CentredDensity(logits)));

    /// <inheritdoc/>
    protected override void ApplyRow(ReadOnlySpan<float> logits, float score, Span<float> probabilities) =>
        Softmax(logits, probabilities, TemperatureAt(Score is null ? CentredDensity(logits) : score));
}
