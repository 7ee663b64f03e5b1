using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Onnx;

/// <summary>
/// Builds a graph in the ONNX format: constants and nodes, in the order in which they are computed. A network of one's own says how it is exported by overriding
/// <see cref="Networks.Backbone.ExportFeatures"/>, a detector of one's own by <see cref="Detection.Detector.Export"/>.
/// </summary>
public sealed partial class OnnxGraph
{
    private readonly OnnxSink _sink;
    private readonly IReadOnlyDictionary<string, Tensor> _weights;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    /// <param name="sink">Takes what is built.</param>
    /// <param name="opset">Version of the operators.</param>
    /// <param name="weights">The network's, by name.</param>
    internal OnnxGraph(OnnxSink sink, int opset, IReadOnlyDictionary<string, Tensor> weights) => (_sink, Opset, _weights) = (sink, opset, weights);

    /// <summary>Version of ONNX's operators that the graph is made of, 11..17.</summary>
    public int Opset { get; }

    /// <summary>The weight of that name: its values, row after row, and its sides.</summary>
    /// <exception cref="KeyNotFoundException">The network has no such weight.</exception>
    public (float[] Values, long[] Shape) Weight(string name)
    {
        var weight = _weights.TryGetValue(name, out var found) ? found : throw new KeyNotFoundException($"The network has no weight '{name}'.");
        using var scope = NewDisposeScope();
        var host = weight.detach().to(float32).cpu().contiguous();
        return (host.data<float>().ToArray(), host.shape);
    }

    /// <summary>Whether the network has a weight of that name.</summary>
    public bool HasWeight(string name) => _weights.ContainsKey(name);

    /// <summary>A constant.</summary>
    /// <typeparam name="T">float, double, long, int, uint, byte, sbyte or bool.</typeparam>
    /// <param name="values">Row after row.</param>
    /// <param name="shape">Its sides; without any it is a list of the values.</param>
    public OnnxValue Constant<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged =>
        _sink.Constant(Name("constant"), typeof(T), shape.IsEmpty ? [values.Length] : shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>A constant of one number, which fits every shape.</summary>
    /// <inheritdoc cref="Constant{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public OnnxValue Constant<T>(T value) where T : unmanaged => Constant<T>([value]);

    /// <summary>A constant of one number without a side.</summary>
    internal OnnxValue Scalar<T>(T value) where T : unmanaged => _sink.Constant(Name("constant"), typeof(T), [], MemoryMarshal.AsBytes<T>([value]).ToArray());

    /// <summary>A node with one output.</summary>
    /// <param name="op">Name of the operator.</param>
    /// <param name="inputs">Its inputs, in order.</param>
    /// <param name="attributes">Each a long, a float, a text, or a list of longs, floats or texts.</param>
    public OnnxValue Node(string op, ReadOnlySpan<OnnxValue> inputs, params (string Name, object Value)[] attributes) => Nodes(op, 1, inputs, attributes)[0];

    /// <summary>A node with several outputs.</summary>
    /// <inheritdoc cref="Node"/>
    public OnnxValue[] Nodes(string op, int outputs, ReadOnlySpan<OnnxValue> inputs, params (string Name, object Value)[] attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(op);
        return _sink.Node(op, inputs.ToArray(), [.. Enumerable.Range(0, outputs).Select(_ => Name(op))], attributes);
    }

    /// <summary>A node that gives a value another name: an output's.</summary>
    internal void Output(OnnxValue value, string name) => _sink.Node("Identity", [value], [name], []);

    /// <summary>Keeps a name for an input or an output.</summary>
    internal void Reserve(string name) => _names[name] = 0;

    private string Name(string kind)
    {
        string stem = kind.ToLowerInvariant();
        while (true)
        {
            int number = _names[stem] = _names.GetValueOrDefault(stem) + 1;
            string name = string.Create(CultureInfo.InvariantCulture, $"{stem}_{number}");
            if (!_names.ContainsKey(name))
                return name;
        }
    }
}
