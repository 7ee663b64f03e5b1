using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hdge.Persistence;

namespace Hdge.Calibration;

/// <summary>
/// Turns logits into calibrated probabilities. Made by <see cref="CalibratorFitting"/> or read from JSON; immutable, safe to use from several threads.
/// Logits mean the same after adding a constant to a row, so log-probabilities serve as well: the result does not depend on that constant.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "method")]
[JsonDerivedType(typeof(IdentityCalibrator), "none")]
[JsonDerivedType(typeof(TemperatureCalibrator), "temperature")]
[JsonDerivedType(typeof(VectorCalibrator), "vector")]
[JsonDerivedType(typeof(MatrixCalibrator), "matrix")]
[JsonDerivedType(typeof(IsotonicCalibrator), "isotonic")]
[JsonDerivedType(typeof(HistogramCalibrator), "histogram")]
public abstract class Calibrator
{
    private protected Calibrator(int classCount)
    {
        Valid(classCount >= 2, $"it has {classCount} classes, expected at least 2");
        ClassCount = classCount;
    }

    /// <summary>The method; never <see cref="CalibrationMethod.Auto"/>.</summary>
    [JsonIgnore]
    public abstract CalibrationMethod Method { get; }

    /// <summary>Number of classes, at least 2.</summary>
    public int ClassCount { get; }

    /// <summary>Calibrated probabilities of one row or of several, without allocating.</summary>
    /// <param name="logits">Rows × classes, row after row, finite.</param>
    /// <param name="probabilities">As many: 0..1, each row sums to 1. Must not overlap the logits.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, the spans overlap, or a logit is not finite.</exception>
    public void Apply(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        if (logits.Length != probabilities.Length || logits.Length % ClassCount != 0)
            throw new ArgumentException($"There are {logits.Length} logits and room for {probabilities.Length} probabilities, expected the same multiple of {ClassCount}.");
        if (logits.Overlaps(probabilities))
            throw new ArgumentException("Logits and probabilities overlap, expected separate memory.");
        for (int start = 0; start < logits.Length; start += ClassCount)
            ApplyRow(logits.Slice(start, ClassCount), probabilities.Slice(start, ClassCount));
    }

    /// <summary>One line: the method, and what it was fitted to.</summary>
    public override string ToString() => $"Calibrator: {Method} for {ClassCount} classes";

    /// <summary>The calibrator as JSON; numbers come back exactly.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StrictJson.Compact);

    /// <summary>A calibrator from <see cref="ToJson"/>.</summary>
    /// <exception cref="InvalidDataException">The text is no calibrator, or a value in it is out of range.</exception>
    public static Calibrator FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return StrictJson.Read<Calibrator>(Encoding.UTF8.GetBytes(json), "The calibrator", StrictJson.Compact);
    }

    private protected abstract void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities);

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
