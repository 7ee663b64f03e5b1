namespace Hdge.Data;

/// <summary>
/// How image values become the network's input: (value × <see cref="Scale"/> − mean) / standard deviation, a channel each. Bytes are divided by 255
/// instead of scaled. The defaults map 0..1 to −1..1, as in the published code.
/// </summary>
public sealed record PixelScaling
{
    /// <summary>Factor that brings floating-point values to 0..1. Default 1; 1/255 for values of 0..255. Finite, not 0. Bytes are not scaled by it.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Mean after scaling: one value for all channels or one a channel. Default 0.5. Finite.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0.5f];

    /// <summary>Standard deviation after scaling: one value for all channels or one a channel. Default 0.5. Finite, above 0.</summary>
    public IReadOnlyList<float> StandardDeviation { get; init; } = [0.5f];

    /// <summary>Checks the values for images of the given number of channels.</summary>
    /// <exception cref="ArgumentException">A list has neither one nor <paramref name="channels"/> values, or a value is out of range.</exception>
    public void Validate(int channels)
    {
        if (!float.IsFinite(Scale) || Scale == 0)
            throw new ArgumentException($"{nameof(Scale)} is {Scale}, expected a finite number other than 0.");
        Check(nameof(Mean), Mean, float.IsFinite, "finite numbers");
        Check(nameof(StandardDeviation), StandardDeviation, v => float.IsFinite(v) && v > 0, "finite numbers above 0");

        void Check(string name, IReadOnlyList<float> values, Func<float, bool> valid, string expected)
        {
            if (values.Count != 1 && values.Count != channels)
                throw new ArgumentException($"{name} has {values.Count} values, expected 1 or {channels}, one a channel.");
            foreach (float value in values)
                if (!valid(value))
                    throw new ArgumentException($"{name} holds {value}, expected {expected}.");
        }
    }

    /// <summary>Multiplier and offset of a channel for floating-point input: network input = value × multiplier + offset.</summary>
    internal (float Multiplier, float Offset) ForSingles(int channel) => Affine(channel, Scale);

    /// <summary>As <see cref="ForSingles"/>, for values already in 0..1.</summary>
    internal (float Multiplier, float Offset) ForUnitSingles(int channel) => Affine(channel, 1);

    /// <summary>As <see cref="ForSingles"/>, for bytes.</summary>
    internal (float Multiplier, float Offset) ForBytes(int channel) => Affine(channel, 1 / 255f);

    /// <summary>Network input of each of the 256 bytes.</summary>
    internal float[] ByteValues(int channel)
    {
        var (multiplier, offset) = ForBytes(channel);
        return [.. Enumerable.Range(0, 256).Select(value => value * multiplier + offset)];
    }

    private (float Multiplier, float Offset) Affine(int channel, float scale)
    {
        float mean = Mean[Mean.Count == 1 ? 0 : channel];
        float deviation = StandardDeviation[StandardDeviation.Count == 1 ? 0 : channel];
        return (scale / deviation, -mean / deviation);
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
