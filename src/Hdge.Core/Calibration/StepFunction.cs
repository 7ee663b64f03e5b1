using System.Text.Json.Serialization;
using Hdge.Persistence;

namespace Hdge.Calibration;

/// <summary>A function of a probability that is constant on intervals (lo, hi]: <see cref="Values"/>[i] up to and with <see cref="Upper"/>[i], the last value beyond.</summary>
internal sealed class StepFunction
{
    [JsonConstructor]
    internal StepFunction(ReadOnlyMemory<float> upper, ReadOnlyMemory<float> values)
    {
        if (upper.Length == 0 || upper.Length != values.Length)
            throw new InvalidDataException($"A step function has {upper.Length} edges and {values.Length} values, expected as many of both and at least one.");
        for (int i = 0; i < upper.Length; i++)
        {
            if (!float.IsFinite(upper.Span[i]) || (i > 0 && upper.Span[i] <= upper.Span[i - 1]))
                throw new InvalidDataException($"Edge {i} of a step function is {upper.Span[i]}, expected a finite number above the one before.");
            if (!(values.Span[i] is >= 0 and <= 1))
                throw new InvalidDataException($"Value {i} of a step function is {values.Span[i]}, expected 0..1.");
        }
        (Upper, Values) = (upper, values);
    }

    /// <summary>Upper ends of the intervals, rising.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Upper { get; }

    /// <summary>Value on each interval, 0..1.</summary>
    [JsonConverter(typeof(SinglesConverter))]
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The value at <paramref name="probability"/>.</summary>
    public float At(float probability) => Values.Span[Find(Upper.Span, probability)];

    /// <summary>Index of the interval that holds <paramref name="probability"/>.</summary>
    internal static int Find(ReadOnlySpan<float> upper, float probability)
    {
        int index = upper.BinarySearch(probability);
        return Math.Min(index < 0 ? ~index : index, upper.Length - 1);
    }
}
