namespace Hdge.Onnx;

/// <summary>What becomes of the values that layers read, and of their weights, where a network is rounded to 8 bits.</summary>
internal abstract class OnnxRounding
{
    /// <summary>What a layer reads in place of a value.</summary>
    public abstract OnnxValue Activation(OnnxGraph graph, OnnxValue value);

    /// <summary>A layer's inputs: value, weight and bias.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="read">The value as the layer reads it.</param>
    /// <param name="value">The value itself.</param>
    /// <param name="weight">Of the layer, an output channel after the other.</param>
    /// <param name="shape">Its sides.</param>
    /// <param name="bias">One an output channel.</param>
    public abstract OnnxValue[] Layer(OnnxGraph graph, OnnxValue read, OnnxValue value, float[] weight, long[] shape, float[] bias);
}

/// <summary>Rounds nothing, and keeps the range of every value that layers read: of graphs that are computed while they are built.</summary>
internal sealed class OnnxRanges : OnnxRounding
{
    private readonly Dictionary<int, (float Low, float High)> _ranges = [];

    public override OnnxValue Activation(OnnxGraph graph, OnnxValue value)
    {
        float low = value.Tensor!.amin([.. Enumerable.Range(0, (int)value.Tensor.dim()).Select(d => (long)d)]).item<float>(), high = value.Tensor.amax([.. Enumerable.Range(0, (int)value.Tensor.dim()).Select(d => (long)d)]).item<float>();
        var (least, most) = _ranges.GetValueOrDefault(value.Number); // 0 has an exact place in every range
        _ranges[value.Number] = (Math.Min(least, low), Math.Max(most, high));
        return value;
    }

    public override OnnxValue[] Layer(OnnxGraph graph, OnnxValue read, OnnxValue value, float[] weight, long[] shape, float[] bias) =>
        [read, graph.Constant<float>(weight, shape), graph.Constant<float>(bias)];

    /// <summary>Width of a step and the place of 0 among the 256.</summary>
    /// <exception cref="InvalidOperationException">A value was not finite.</exception>
    public (float Scale, byte Zero) Steps(int number)
    {
        var (low, high) = _ranges[number];
        if (!float.IsFinite(high - low))
            throw new InvalidOperationException("The model cannot be rounded to 8 bits: values of its network are not finite, or too large.");
        float scale = high > low ? (high - low) / 255 : 1;
        return (scale, (byte)Math.Clamp(MathF.Round(-low / scale), 0, 255));
    }
}

/// <summary>
/// Rounds to 8 bits in the form that runtimes turn into whole-number arithmetic (a pair of QuantizeLinear and DequantizeLinear around each value, DequantizeLinear behind each weight):
/// values to 0..255 with one step a value, weights to −127..127 with a step an output channel, biases to 32 bits.
/// </summary>
/// <param name="ranges">Of every value.</param>
internal sealed class OnnxEightBits(OnnxRanges ranges) : OnnxRounding
{
    private const float LargestWeight = 127, LargestBias = 1 << 30;

    public override OnnxValue Activation(OnnxGraph graph, OnnxValue value)
    {
        var (scale, zero) = ranges.Steps(value.Number);
        var (step, place) = (graph.Scalar(scale), graph.Scalar(zero));
        return graph.Node("DequantizeLinear", [graph.Node("QuantizeLinear", [value, step, place]), step, place]);
    }

    public override OnnxValue[] Layer(OnnxGraph graph, OnnxValue read, OnnxValue value, float[] weight, long[] shape, float[] bias)
    {
        float input = ranges.Steps(value.Number).Scale;
        int channels = bias.Length, each = weight.Length / channels;
        var (steps, biasSteps, rounded, roundedBias) = (new float[channels], new float[channels], new sbyte[weight.Length], new int[channels]);
        for (int c = 0; c < channels; c++)
        {
            var row = weight.AsSpan(c * each, each);
            float largest = 0;
            foreach (float w in row)
                largest = Math.Max(largest, Math.Abs(w));
            steps[c] = Math.Max(largest / LargestWeight, Math.Abs(bias[c]) / (input * LargestBias));
            steps[c] = steps[c] > 0 ? steps[c] : 1;
            biasSteps[c] = steps[c] * input;
            for (int i = 0; i < each; i++)
                rounded[c * each + i] = (sbyte)MathF.Round(row[i] / steps[c]);
            roundedBias[c] = (int)Math.Round((double)bias[c] / biasSteps[c]);
        }
        var (weights, biases) = (graph.Constant<sbyte>(rounded, shape), graph.Constant<int>(roundedBias));
        return
        [
            read,
            graph.Node("DequantizeLinear", [weights, graph.Constant<float>(steps), graph.Constant<sbyte>(new sbyte[channels])], ("axis", 0L)),
            graph.Node("DequantizeLinear", [biases, graph.Constant<float>(biasSteps), graph.Constant<int>(new int[channels])], ("axis", 0L)),
        ];
    }
}
