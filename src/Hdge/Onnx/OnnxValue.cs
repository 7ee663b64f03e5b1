using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Onnx;

/// <summary>A tensor in a graph that is being built: an input, a constant, or what a node gives. It belongs to one <see cref="OnnxGraph"/>.</summary>
public sealed class OnnxValue
{
    internal OnnxValue(string name) => Name = name;

    internal string Name { get; }

    /// <summary>What it is where the graph is computed while it is built; else null.</summary>
    internal Tensor? Tensor { get; init; }

    /// <summary>Its number among the values that may be rounded to 8 bits where a layer reads them; −1 where it may not.</summary>
    internal int Number { get; set; } = -1;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
