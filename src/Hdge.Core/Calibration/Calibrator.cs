using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hdge.Persistence;

namespace Hdge.Calibration;

/// <summary>
/// Turns logits into calibrated probabilities. Fitted by its class's <c>Fit</c> or by <see cref="CalibratorFitting"/>, or read from JSON; immutable, safe to use from several
/// threads. Logits mean the same after adding a constant to a row, so log-probabilities serve as well: the result does not depend on that constant.
/// </summary>
/// <remarks>
/// To add one: derive a class, and <see cref="CalibrationMethod.Register"/> what fits it. Its state in files are the public properties with the names of its constructor's
/// parameters, all of them; a value that a file cannot have is refused in the constructor by an <see cref="ArgumentException"/> or <see cref="InvalidDataException"/>.
/// </remarks>
[JsonConverter(typeof(CalibratorConverter))]
public abstract class Calibrator
{
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <exception cref="InvalidDataException">There are fewer classes.</exception>
    protected Calibrator(int classCount)
    {
        Valid(classCount >= 2, $"it has {classCount} classes, expected at least 2");
        ClassCount = classCount;
    }

    /// <summary>The method; never <see cref="CalibrationMethod.Auto"/>.</summary>
    /// <exception cref="InvalidOperationException">The class is not registered.</exception>
    [JsonIgnore]
    public CalibrationMethod Method => CalibrationMethod.Find(GetType())
        ?? throw new InvalidOperationException($"{GetType().Name} is not registered: call {nameof(CalibrationMethod)}.{nameof(CalibrationMethod.Register)}(name, {GetType().Name}.Fit).");

    /// <summary>Number of classes, at least 2.</summary>
    public int ClassCount { get; }

    /// <summary>Whether the probabilities depend on an image's detection score besides its logits. Default false.</summary>
    [JsonIgnore]
    public virtual bool TakesScore => false;

    /// <summary>The temperature for detectors that use one: 1 where the calibrator has none.</summary>
    [JsonIgnore]
    internal virtual double DetectionTemperature => 1;

    /// <summary>Calibrated probabilities of one row or of several, without allocating.</summary>
    /// <param name="logits">Rows × classes, row after row, finite.</param>
    /// <param name="probabilities">As many: 0..1, each row sums to 1. Must not overlap the logits.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, the spans overlap, a logit is not finite, or <see cref="TakesScore"/> is true.</exception>
    public void Apply(ReadOnlySpan<float> logits, Span<float> probabilities) => Apply(logits, [], probabilities);

    /// <summary>As <see cref="Apply(ReadOnlySpan{float}, Span{float})"/>, with the scores that <see cref="TakesScore"/> asks for.</summary>
    /// <param name="logits">Rows × classes, row after row, finite.</param>
    /// <param name="scores">The detection score of each row, of the kind that the calibrator was fitted with; not looked at, and may be empty, where <see cref="TakesScore"/> is false.</param>
    /// <param name="probabilities">As many as logits: 0..1, each row sums to 1. Must not overlap the logits.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, the spans overlap, or a logit is not finite.</exception>
    public void Apply(ReadOnlySpan<float> logits, ReadOnlySpan<float> scores, Span<float> probabilities)
    {
        if (logits.Length != probabilities.Length || logits.Length % ClassCount != 0)
            throw new ArgumentException($"There are {logits.Length} logits and room for {probabilities.Length} probabilities, expected the same multiple of {ClassCount}.");
        if (logits.Overlaps(probabilities))
            throw new ArgumentException("Logits and probabilities overlap, expected separate memory.");
        if (TakesScore && scores.Length != logits.Length / ClassCount)
            throw new ArgumentException($"There are {scores.Length} scores for {logits.Length / ClassCount} rows of logits, expected as many: the calibrator {Method} goes by the images' detection score.", nameof(scores));
        for (int start = 0, i = 0; start < logits.Length; start += ClassCount, i++)
        {
            var row = logits.Slice(start, ClassCount);
            CheckFinite(row);
            if (TakesScore)
                ApplyRow(row, scores[i], probabilities.Slice(start, ClassCount));
            else
                ApplyRow(row, probabilities.Slice(start, ClassCount));
        }
    }

    /// <summary>One line: the method, and what it was fitted to.</summary>
    public override string ToString() => $"Calibrator: {Method} for {ClassCount} classes";

    /// <summary>The calibrator as JSON; numbers come back exactly.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StrictJson.Compact);

    /// <summary>A calibrator from <see cref="ToJson"/>.</summary>
    /// <exception cref="InvalidDataException">The text is no calibrator, its method is not registered, or a value in it is out of range.</exception>
    public static Calibrator FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return StrictJson.Read<Calibrator>(Encoding.UTF8.GetBytes(json), "The calibrator", StrictJson.Compact);
    }

    /// <summary>Probabilities of one row. Called from several threads; must not allocate, for it runs once a scored image.</summary>
    /// <param name="logits">One a class, finite.</param>
    /// <param name="probabilities">As many, to be filled: 0..1, summing to 1.</param>
    protected abstract void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities);

    /// <summary>As <see cref="ApplyRow(ReadOnlySpan{float}, Span{float})"/>, where <see cref="TakesScore"/> is true. Default: without the score.</summary>
    /// <param name="logits">One a class, finite.</param>
    /// <param name="score">The image's detection score; may be infinite or NaN.</param>
    /// <param name="probabilities">As many, to be filled: 0..1, summing to 1.</param>
    protected virtual void ApplyRow(ReadOnlySpan<float> logits, float score, Span<float> probabilities) => ApplyRow(logits, probabilities);

    /// <summary>softmax(logits / temperature) in double precision, for calibrators that start from it.</summary>
    /// <param name="logits">Finite; may be the same memory as <paramref name="probabilities"/>.</param>
    /// <param name="probabilities">As many.</param>
    /// <param name="temperature">Above 0. Default 1.</param>
    protected static void Softmax(ReadOnlySpan<float> logits, Span<float> probabilities, double temperature = 1) => LogitRow.Softmax(logits, probabilities, temperature);

    /// <exception cref="ArgumentException">A logit is not finite.</exception>
    private protected static void CheckFinite(ReadOnlySpan<float> logits)
    {
        for (int c = 0; c < logits.Length; c++)
            if (!float.IsFinite(logits[c]))
                throw new ArgumentException($"Logit {c} is {logits[c]}, expected a finite number.", nameof(logits));
    }

    /// <exception cref="InvalidDataException">Not so. Only a file can hold such values: whatever is fitted is valid.</exception>
    private protected static void Valid(bool valid, string problem)
    {
        if (!valid)
            throw new InvalidDataException(problem);
    }

    private protected static void Finite(ReadOnlyMemory<float> values, int count, string name)
    {
        Valid(values.Length == count, $"{name} has {values.Length} numbers, expected {count}");
        foreach (float value in values.Span)
            if (!float.IsFinite(value))
                Valid(false, FormattableString.Invariant($"{name} holds {value}, expected finite numbers"));
    }
}
