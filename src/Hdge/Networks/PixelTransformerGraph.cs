using Hdge.Data;
using Hdge.Onnx;

namespace Hdge.Networks;

/// <summary>A pixel transformer as a graph, step by step as <see cref="PixelTransformer"/> computes it.</summary>
/// <param name="graph">Takes the graph.</param>
/// <param name="options">The network's.</param>
/// <param name="patterns">Which pixels each block looks at.</param>
/// <param name="height">Rows of the reduced image.</param>
/// <param name="columns">Columns of the reduced image.</param>
internal sealed class PixelTransformerGraph(OnnxGraph graph, PixelTransformerOptions options, IReadOnlyList<AttentionPattern> patterns, int height, int columns)
{
    private const float NormEpsilon = 1e-5f;

    private readonly long _pixels = (long)height * columns, _width = options.Width, _heads = options.Heads;

    /// <summary>Features [N, d] of network input, and what adds log p(x) in nats, doubles [N, 1], to the graph.</summary>
    public (OnnxValue Features, Func<OnnxValue> LogLikelihood) Build(OnnxValue input)
    {
        var colors = Tokens(input);
        var hidden = Embed(colors);
        for (int i = 0; i < options.Encoder; i++)
            hidden = Block(hidden, i);
        return (graph.Reduce("ReduceMean", Norm(hidden, "features"), false, 1), () => Likelihood(hidden, colors));
    }

    /// <summary>The number of the nearest colour of each pixel, [N, D].</summary>
    private OnnxValue Tokens(OnnxValue input)
    {
        long channels = graph.Weight("scale").Values.Length, side = options.Reduction, count = options.Colors;
        var (scale, shift, palette) = (graph.Weight("scale").Values, graph.Weight("shift").Values, graph.Weight("palette").Values);
        var values = graph.Divide(graph.Subtract(input, graph.Constant<float>(shift, 1, channels, 1, 1)), graph.Constant<float>(scale, 1, channels, 1, 1));
        if (side > 1)
            values = graph.Reduce("ReduceMean", graph.Reshape(values, -1, channels, height, side, columns, side), false, 3, 5);
        var pixels = graph.Node("Round", [graph.Multiply(graph.Reshape(values, -1, channels, _pixels), graph.Constant<float>(ReducedPixels.Levels))]);
        OnnxValue? distances = null;
        for (int c = 0; c < channels; c++)
        {
            float[] levels = [.. Enumerable.Range(0, (int)count).Select(k => palette[k * channels + c] * ReducedPixels.Levels)];
            var off = graph.Subtract(graph.Reshape(Part(pixels, c, c + 1, 1), -1, _pixels, 1), graph.Constant<float>(levels, 1, 1, count));
            var squared = graph.Multiply(off, off);
            distances = distances is null ? squared : graph.Add(distances, squared);
        }
        return graph.Node("ArgMax", [graph.Node("Neg", [distances!])], ("axis", 2L), ("keepdims", 0L));
    }

    /// <summary>What the first block reads, [N, D, d]: of each pixel the colour before it, of the first a start that stands behind the palette.</summary>
    private OnnxValue Embed(OnnxValue colors)
    {
        var first = graph.Add(graph.Multiply(Part(colors, 0, 1, 1), graph.Constant(0L)), graph.Constant((long)options.Colors));
        var before = _pixels > 1 ? graph.Node("Concat", [first, Part(colors, 0, _pixels - 1, 1)], ("axis", 1L)) : first;
        var table = graph.Constant<float>([.. graph.Weight("tokens.weight").Values, .. graph.Weight("start").Values], options.Colors + 1, _width);
        return graph.Add(graph.Node("Gather", [table, before], ("axis", 0L)), graph.Constant<float>(graph.Weight("positions").Values, 1, _pixels, _width));
    }

    private OnnxValue Block(OnnxValue hidden, int number)
    {
        string name = $"blocks.{number}.";
        var joined = Linear(Attend(Linear(Norm(hidden, name + "norm1"), name + "qkv", 3 * _width), patterns[number]), name + "output", _width);
        var x = graph.Add(hidden, joined);
        var wide = Linear(Norm(x, name + "norm2"), name + "expand", 4 * _width);
        var gelu = graph.Multiply(graph.Multiply(wide, graph.Constant(0.5f)), graph.Add(graph.Node("Erf", [graph.Divide(wide, graph.Constant(MathF.Sqrt(2)))]), graph.Constant(1f)));
        return graph.Add(x, Linear(gelu, name + "contract", _width));
    }

    /// <summary>Attention [N, D, d] of queries, keys and values [N, D, 3 · d]; as <see cref="CausalAttention"/> without working out what the pattern forbids.</summary>
    private OnnxValue Attend(OnnxValue qkv, AttentionPattern pattern)
    {
        long each = _width / _heads;
        // [N · heads, rows, columns, dh] each
        var split = graph.Node("Transpose", [graph.Reshape(qkv, -1, _pixels, 3, _heads, each)], ("perm", new long[] { 2, 0, 3, 1, 4 }));
        OnnxValue query = Third(0), key = Third(1), value = Third(2);
        OnnxValue attended;
        if (pattern == AttentionPattern.Row)
            attended = Softmax(query, WithAbove(key), WithAbove(value), RowMask(), height, columns, 2 * columns);
        else if (pattern == AttentionPattern.Column)
            attended = Turned(Softmax(Turned(query), Turned(key), Turned(value), Mask(height), 1, height, height));
        else
            attended = Softmax(Flat(query), Flat(key), Flat(value), Mask(_pixels), 1, _pixels, _pixels);
        var heads = graph.Node("Transpose", [graph.Reshape(attended, -1, _heads, _pixels, each)], ("perm", new long[] { 0, 2, 1, 3 }));
        return graph.Reshape(heads, -1, _pixels, _width);

        OnnxValue Third(long part) => graph.Reshape(Part(split, part, part + 1, 0), -1, height, columns, each);

        OnnxValue Flat(OnnxValue x) => graph.Reshape(x, -1, 1, _pixels, each);

        OnnxValue Turned(OnnxValue x) => graph.Node("Transpose", [x], ("perm", new long[] { 0, 2, 1, 3 }));

        // Above the first row stands that row itself, which the mask hides.
        OnnxValue WithAbove(OnnxValue rows)
        {
            var above = height > 1 ? graph.Node("Concat", [Part(rows, 0, 1, 1), Part(rows, 0, height - 1, 1)], ("axis", 1L)) : rows;
            return graph.Node("Concat", [above, rows], ("axis", 2L));
        }

        OnnxValue Softmax(OnnxValue q, OnnxValue k, OnnxValue v, float[] mask, long groups, long queries, long keys)
        {
            var weights = graph.Product(graph.Multiply(q, graph.Constant(1 / MathF.Sqrt(each))), graph.Node("Transpose", [k], ("perm", new long[] { 0, 1, 3, 2 })));
            return graph.Product(graph.Node("Softmax", [graph.Add(weights, graph.Constant<float>(mask, 1, groups, queries, keys))], ("axis", 3L)), v);
        }
    }

    private static float[] Mask(long length) => [.. from query in Range(length) from key in Range(length) select key <= query ? 0 : float.NegativeInfinity];

    private float[] RowMask() => [.. from row in Range(height) from query in Range(columns) from key in Range(2 * columns)
                                     select (key < columns ? row > 0 && key >= query : key - columns <= query) ? 0 : float.NegativeInfinity];

    private static IEnumerable<int> Range(long count) => Enumerable.Range(0, (int)count);

    private OnnxValue Likelihood(OnnxValue hidden, OnnxValue colors)
    {
        for (int i = options.Encoder; i < options.Blocks; i++)
            hidden = Block(hidden, i);
        var (weight, shape) = graph.Weight("head.weight"); // without a bias
        var head = graph.Node("Transpose", [graph.Constant<float>(weight, shape)], ("perm", new long[] { 1, 0 }));
        var logits = graph.Product(Norm(hidden, "final"), head);
        var top = graph.Reduce("ReduceMax", logits, true, 2);
        var sum = graph.Log(graph.Reduce("ReduceSum", graph.Exp(graph.Subtract(logits, top)), true, 2));
        var chosen = graph.Node("GatherElements", [logits, graph.Reshape(colors, -1, _pixels, 1)], ("axis", 2L));
        var each = graph.Reshape(graph.Cast<double>(graph.Subtract(graph.Subtract(chosen, top), sum)), -1, _pixels);
        return graph.RowSum(options.FirstPixel ? each : Part(each, 1, _pixels, 1));
    }

    private OnnxValue Linear(OnnxValue x, string name, long length) => graph.Reshape(graph.Linear(graph.Reshape(x, -1, graph.Weight(name + ".weight").Shape[1]), name), -1, _pixels, length);

    private OnnxValue Norm(OnnxValue x, string name)
    {
        var centred = graph.Subtract(x, graph.Reduce("ReduceMean", x, true, 2));
        var deviation = graph.Node("Sqrt", [graph.Add(graph.Reduce("ReduceMean", graph.Multiply(centred, centred), true, 2), graph.Constant(NormEpsilon))]);
        return graph.Add(graph.Multiply(graph.Divide(centred, deviation), graph.Constant<float>(graph.Weight(name + ".weight").Values)), graph.Constant<float>(graph.Weight(name + ".bias").Values));
    }

    private OnnxValue Part(OnnxValue x, long from, long to, long axis) => graph.Node("Slice", [x, graph.Constant<long>([from]), graph.Constant<long>([to]), graph.Constant<long>([axis])]);
}
