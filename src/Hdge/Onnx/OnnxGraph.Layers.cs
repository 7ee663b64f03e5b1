using Hdge.Networks;

namespace Hdge.Onnx;

public sealed partial class OnnxGraph
{
    private const float NormEpsilon = 1e-5f;

    private readonly Dictionary<int, OnnxValue> _rounded = [];
    private int _activations;

    /// <summary>Rounds what layers read and their weights to 8 bits; null for none.</summary>
    internal OnnxRounding? Rounding { get; init; }

    /// <summary>A convolution with the weights NAME.weight and, where there is one, NAME.bias.</summary>
    /// <param name="x">[N, channels, height, width].</param>
    /// <param name="name">Name of the layer.</param>
    /// <param name="stride">Step of the window. Default 1.</param>
    /// <param name="padding">Zeros at every side. Default 0.</param>
    /// <param name="norm">A layer behind it that scales and shifts every channel by itself, which becomes part of the weights. Default none.</param>
    /// <param name="normalization">The kind of that layer: Batch or Activation.</param>
    public OnnxValue Conv(OnnxValue x, string name, long stride = 1, long padding = 0, string? norm = null, Normalization normalization = Normalization.Batch)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (weight, shape) = Weight(name + ".weight");
        float[] bias = HasWeight(name + ".bias") ? Weight(name + ".bias").Values : new float[shape[0]];
        if (norm is not null)
            Fold(weight, bias, ChannelScale(norm, normalization));
        return Activation(Node("Conv", Layer(x, weight, shape, bias, round: true), ("kernel_shape", new[] { shape[2], shape[3] }), ("strides", new[] { stride, stride }), ("pads", new[] { padding, padding, padding, padding })));
    }

    /// <summary>A linear layer with the weights NAME.weight [out, in] and NAME.bias.</summary>
    /// <param name="x">[N, in].</param>
    /// <param name="name">Name of the layer.</param>
    public OnnxValue Linear(OnnxValue x, string name) => Activation(Linear(x, name, round: true));

    /// <summary>The last layer, which is never rounded: it costs next to nothing, and everything is made of what it gives.</summary>
    internal OnnxValue Classifier(OnnxValue x, string name) => Linear(x, name, round: false);

    private OnnxValue Linear(OnnxValue x, string name, bool round)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (weight, shape) = Weight(name + ".weight");
        return Node("Gemm", Layer(x, weight, shape, Weight(name + ".bias").Values, round), ("transB", 1L));
    }

    /// <summary>A normalisation as <see cref="WideResNetOptions"/> has it, of [N, channels, height, width].</summary>
    /// <param name="x">What is normalised.</param>
    /// <param name="name">Name of the layer.</param>
    /// <param name="kind">Its kind; None leaves x as it is.</param>
    public OnnxValue Norm(OnnxValue x, string name, Normalization kind)
    {
        switch (kind)
        {
            case Normalization.None:
                return x;
            case Normalization.Batch or Normalization.Activation when Rounding is not null && x.Number >= 0:
                // As a convolution of each channel by itself: what is between two layers then never leaves the 8 bits, nor their layout in memory.
                var (factors, shifts) = ChannelScale(name, kind);
                return Activation(Node("Conv", Layer(x, factors, [factors.Length, 1, 1, 1], shifts, round: true), ("kernel_shape", new long[] { 1, 1 }), ("strides", new long[] { 1, 1 }), ("pads", new long[4]), ("group", (long)factors.Length)));
            case Normalization.Batch:
                return Node("BatchNormalization", [Rounded(x), Channels("weight"), Channels("bias"), Channels("running_mean"), Channels("running_var")], ("epsilon", NormEpsilon));
            case Normalization.Activation:
                var (factor, shift) = ChannelScale(name, kind);
                return Add(Multiply(Rounded(x), Constant<float>(factor, 1, factor.Length, 1, 1)), Constant<float>(shift, 1, shift.Length, 1, 1));
            case Normalization.Instance:
                return Node("InstanceNormalization", [Rounded(x), Channels("weight"), Channels("bias")], ("epsilon", NormEpsilon));
            default: // of each image over all channels and pixels: as instances of one channel, for which ONNX has an operator
                var (scale, bias) = (Weight(name + ".weight").Values, Weight(name + ".bias").Values);
                var read = Rounded(x);
                var flat = Node("InstanceNormalization", [Reshape(read, 0, 1, -1), Constant(1f), Constant(0f)], ("epsilon", NormEpsilon));
                return Add(Multiply(Node("Reshape", [flat, Node("Shape", [read])]), Constant<float>(scale, 1, scale.Length, 1, 1)), Constant<float>(bias, 1, bias.Length, 1, 1));
        }

        OnnxValue Channels(string part) => Constant<float>(Weight($"{name}.{part}").Values);
    }

    /// <summary>max(x, slope · x).</summary>
    public OnnxValue LeakyRelu(OnnxValue x, double slope) => Activation(Node("LeakyRelu", [Rounded(x)], ("alpha", (float)slope)));

    /// <summary>max(x, 0).</summary>
    public OnnxValue Relu(OnnxValue x) => Activation(Node("Relu", [x])); // with the rounding behind it, it is part of the layer before it

    /// <summary>The sum of two branches.</summary>
    public OnnxValue Sum(OnnxValue x, OnnxValue y) => Activation(Node("Add", [Rounded(x), Rounded(y)]));

    /// <summary>The largest value of windows, padded by −∞.</summary>
    /// <param name="x">[N, channels, height, width].</param>
    /// <param name="size">Side of the window.</param>
    /// <param name="stride">Its step.</param>
    /// <param name="padding">At every side.</param>
    public OnnxValue MaxPool(OnnxValue x, long size, long stride, long padding) => Activation(Node("MaxPool", [Rounded(x)], ("kernel_shape", new[] { size, size }), ("strides", new[] { stride, stride }),
        ("pads", new[] { padding, padding, padding, padding })));

    /// <summary>The mean of every channel: [N, channels].</summary>
    public OnnxValue ChannelMeans(OnnxValue x) => Node("Flatten", [Node("GlobalAveragePool", [Rounded(x)])], ("axis", 1L));

    /// <summary>What layers read in place of a value: itself, or its 8 bits.</summary>
    private OnnxValue Rounded(OnnxValue x)
    {
        if (Rounding is null || x.Number < 0)
            return x;
        if (!_rounded.TryGetValue(x.Number, out var rounded))
            _rounded.Add(x.Number, rounded = Rounding.Activation(this, x));
        return rounded;
    }

    /// <summary>Numbers a value; the same network gives the same numbers every time that it is built.</summary>
    internal OnnxValue Activation(OnnxValue x)
    {
        x.Number = _activations++;
        return x;
    }

    private OnnxValue[] Layer(OnnxValue x, float[] weight, long[] shape, float[] bias, bool round) => round && Rounding is not null && x.Number >= 0
        ? Rounding.Layer(this, Rounded(x), x, weight, shape, bias)
        : [x, Constant<float>(weight, shape), Constant<float>(bias)];

    /// <summary>Factor and shift of every channel.</summary>
    private (float[] Factor, float[] Shift) ChannelScale(string name, Normalization kind)
    {
        if (kind == Normalization.Activation)
        {
            var (loc, scale) = (Weight(name + ".loc").Values, Weight(name + ".scale").Values);
            return (scale, [.. loc.Zip(scale, (l, s) => (float)((double)l * s))]);
        }
        var (weight, bias, mean, variance) = (Weight(name + ".weight").Values, Weight(name + ".bias").Values, Weight(name + ".running_mean").Values, Weight(name + ".running_var").Values);
        double[] factor = [.. weight.Zip(variance, (w, v) => w / Math.Sqrt((double)v + NormEpsilon))];
        return ([.. factor.Select(f => (float)f)], [.. bias.Select((b, c) => (float)(b - mean[c] * factor[c]))]);
    }

    private static void Fold(float[] weight, float[] bias, (float[] Factor, float[] Shift) channels)
    {
        int each = weight.Length / bias.Length;
        for (int c = 0; c < bias.Length; c++)
        {
            bias[c] = (float)((double)bias[c] * channels.Factor[c] + channels.Shift[c]);
            foreach (ref float w in weight.AsSpan(c * each, each))
                w *= channels.Factor[c];
        }
    }
}
