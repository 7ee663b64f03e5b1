using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>
/// −E(x; f) = T·LogSumExp(f(x) / T) (Liu et al. 2020, equation 4). A model that was fitted for it keeps T, so that a later calibration does not move scores away from the decision.
/// </summary>
public sealed record EnergyDetector : Detector
{
    private const string Fitted = "temperature";

    /// <summary>T, above 0. Null, the default: the calibrated temperature. The paper's value is 1, which is the log-density.</summary>
    public double? Temperature { get; init; }

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Energy;

    /// <inheritdoc/>
    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Numbers = [Fitted] };

    /// <inheritdoc/>
    public override void Validate() => Argument.Require(Temperature is null || IsTemperature(Temperature.Value), Temperature ?? 0, "finite and above 0", nameof(Temperature));

    /// <inheritdoc/>
    public override void Validate(DetectorState state) => Argument.Require(IsTemperature(state.Numbers[Fitted]), state.Numbers[Fitted], "finite and above 0", Fitted);

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training) => new() { Numbers = new Dictionary<string, double> { [Fitted] = Temperature ?? training.Temperature } };

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        double temperature = TemperatureOf(state, input.Temperature);
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)LogitRow.LogSumExp(input.LogitRow(i), temperature);
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        var graph = input.Graph;
        var temperature = graph.Constant(TemperatureOf(state, input.Temperature));
        return graph.Multiply(temperature, graph.LogSumExp(graph.Divide(input.Logits, temperature)));
    }

    private double TemperatureOf(DetectorState state, double calibrated) => state.Numbers.TryGetValue(Fitted, out double fitted) ? fitted : Temperature ?? calibrated;

    private static bool IsTemperature(double value) => value > 0 && double.IsFinite(value);
}
