using System.Text.Json;
using System.Text.Json.Serialization;
using Hdge.Metrics;

namespace Hdge.Calibration;

/// <summary>
/// How logits become probabilities that mean what they say: a name, and what fits a <see cref="Calibrator"/>. Beside those given here a program can <see cref="Register"/>
/// its own, which options, fitting and model files then know like the rest.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class CalibrationMethod
{
    private static readonly Lock s_gate = new();
    private static readonly List<CalibrationMethod> s_registered = [];

    private readonly Func<LabelledLogits, CancellationToken, Calibrator>? _fit;

    private CalibrationMethod(string name, Type? calibrator, Func<LabelledLogits, CancellationToken, Calibrator>? fit) => (Name, CalibratorType, _fit) = (name, calibrator, fit);

    /// <summary>The simplest of <see cref="BuiltIn"/> whose cross-validated negative log-likelihood cannot be told from the best one's: <see cref="CalibratorFitting"/>.</summary>
    public static CalibrationMethod Auto { get; } = new(nameof(Auto), null, null);

    /// <summary>softmax f(x) as it is.</summary>
    public static CalibrationMethod None { get; } = Register(nameof(None), IdentityCalibrator.Fit);

    /// <summary>One temperature (Guo et al. 2017, section 4.2): <see cref="TemperatureCalibrator"/>.</summary>
    public static CalibrationMethod Temperature { get; } = Register(nameof(Temperature), TemperatureCalibrator.Fit);

    /// <summary>A mixture of softmax at that temperature, plain softmax and equal probabilities (Zhang et al. 2020): <see cref="EnsembleTemperatureCalibrator"/>.</summary>
    public static CalibrationMethod EnsembleTemperature { get; } = Register(nameof(EnsembleTemperature), EnsembleTemperatureCalibrator.Fit);

    /// <summary>A scale and a bias for each class (Guo et al. 2017, section 4.2): <see cref="VectorCalibrator"/>.</summary>
    public static CalibrationMethod Vector { get; } = Register(nameof(Vector), VectorCalibrator.Fit);

    /// <summary>A matrix and a bias (Guo et al. 2017, section 4.2; regularised as in Kull et al. 2019): <see cref="MatrixCalibrator"/>.</summary>
    public static CalibrationMethod Matrix { get; } = Register(nameof(Matrix), MatrixCalibrator.Fit);

    /// <summary>A rising step function for each class (Zadrozny and Elkan 2002): <see cref="IsotonicCalibrator"/>.</summary>
    public static CalibrationMethod Isotonic { get; } = Register(nameof(Isotonic), IsotonicCalibrator.Fit);

    /// <summary>Equal bins for each class (Zadrozny and Elkan 2001): <see cref="HistogramCalibrator"/>.</summary>
    public static CalibrationMethod Histogram { get; } = Register(nameof(Histogram), HistogramCalibrator.Fit);

    /// <summary>
    /// A temperature that rises as the image's score falls: <see cref="DensityTemperatureCalibrator"/>. <see cref="Auto"/> leaves it out: what it is for, the confidence on unknown images, held-out images of known classes cannot show.
    /// </summary>
    public static CalibrationMethod DensityTemperature { get; } = Register(nameof(DensityTemperature), DensityTemperatureCalibrator.Fit);

    /// <summary>The methods that <see cref="Auto"/> compares, in order of simplicity.</summary>
    public static IReadOnlyList<CalibrationMethod> BuiltIn { get; } = [None, Temperature, EnsembleTemperature, Vector, Matrix, Isotonic, Histogram];

    /// <summary>The name, which options and files know the method by; case does not count.</summary>
    public string Name { get; }

    /// <summary>What it fits; null for <see cref="Auto"/>.</summary>
    internal Type? CalibratorType { get; }

    /// <summary>
    /// Makes a calibrator of your own known by a name. Do it when the program starts: a model file is read only where the method that it names is registered. Doing it again
    /// changes nothing.
    /// </summary>
    /// <param name="name">A name that no other method has.</param>
    /// <param name="fit">Fits the calibrator to held-out images. Its return type is the calibrator's own class: that is what files are read as.</param>
    /// <exception cref="ArgumentException">The name or the class belongs to another method, or the class is abstract.</exception>
    public static CalibrationMethod Register<TCalibrator>(string name, Func<LabelledLogits, CancellationToken, TCalibrator> fit) where TCalibrator : Calibrator
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(fit);
        if (typeof(TCalibrator).IsAbstract)
            throw new ArgumentException($"The calibration method '{name}' fits the abstract {typeof(TCalibrator).Name}, expected the class of the calibrator itself as the return type.", nameof(fit));
        lock (s_gate)
        {
            var known = s_registered.Find(m => m.Is(name) || m.CalibratorType == typeof(TCalibrator));
            if (known is null && !string.Equals(name, nameof(Auto), StringComparison.OrdinalIgnoreCase))
                s_registered.Add(known = new(name, typeof(TCalibrator), fit));
            return known is not null && known.Is(name) && known.CalibratorType == typeof(TCalibrator) ? known : throw new ArgumentException(
                $"The calibration method '{name}' of {typeof(TCalibrator).Name} cannot be registered: '{known?.Name ?? nameof(Auto)}' {(known is null ? "is" : $"of {known.CalibratorType!.Name} is")} registered already. "
                + "Expected a name and a class of its own.", nameof(name));
        }
    }

    /// <summary>The method of that name.</summary>
    /// <exception cref="ArgumentException">No such method is registered.</exception>
    public static CalibrationMethod Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) ?? throw new ArgumentException(Unknown(name), nameof(name));
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal static CalibrationMethod? Find(string name)
    {
        lock (s_gate)
            return Auto.Is(name) ? Auto : s_registered.Find(m => m.Is(name));
    }

    internal static CalibrationMethod? Find(Type calibrator)
    {
        lock (s_gate)
            return s_registered.Find(m => m.CalibratorType == calibrator);
    }

    /// <summary>What is wrong with a name, and the cure.</summary>
    internal static string Unknown(string name)
    {
        lock (s_gate)
            return $"The calibration method '{name}' is not registered in this program, which knows {string.Join(", ", s_registered)}. "
                + $"Call {nameof(CalibrationMethod)}.{nameof(Register)}(\"{name}\", …) when the program starts.";
    }

    /// <exception cref="InvalidOperationException">What was fitted gives no probabilities: a registered method's mistake.</exception>
    internal Calibrator Fit(LabelledLogits data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var calibrator = _fit!(data, cancellationToken);
        if (calibrator?.ClassCount != data.ClassCount)
            throw new InvalidOperationException($"The calibration method '{Name}' fitted {(calibrator is null ? "null" : $"a calibrator of {calibrator.ClassCount} classes")}, expected one of {data.ClassCount} classes.");
        var probabilities = new float[data.Values.Length];
        calibrator.Apply(data.Values, data.Scores, probabilities);
        try
        {
            Metrics.ProbabilityRows.Check(probabilities, data.Labels, data.ClassCount);
        }
        catch (ArgumentException error)
        {
            throw new InvalidOperationException($"The calibration method '{Name}' fitted a calibrator whose values are no probabilities: {error.Message}", error);
        }
        return calibrator;
    }

    private bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A method in JSON is its name.</summary>
    internal sealed class Converter : JsonConverter<CalibrationMethod>
    {
        public override CalibrationMethod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string name = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException();
            return Find(name) ?? throw new JsonException(Unknown(name));
        }

        public override void Write(Utf8JsonWriter writer, CalibrationMethod value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
    }
}
