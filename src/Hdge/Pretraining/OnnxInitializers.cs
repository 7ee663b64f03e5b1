using System.Runtime.InteropServices;
using Hdge.Onnx;

namespace Hdge.Pretraining;

/// <summary>
/// What an ONNX file holds of a network's weights: its initialisers of single precision, and which nodes take them, in the file's order. A reader of protobuf's wire format for these parts
/// of onnx.proto (ModelProto.graph 7; GraphProto.node 1, .initializer 5; NodeProto.input 1, .output 2, .op_type 4; TensorProto.dims 1, .data_type 2, .float_data 4, .name 8, .raw_data 9),
/// which takes memory in proportion to the bytes that are there, whatever its numbers claim.
/// </summary>
internal sealed class OnnxInitializers
{
    private const int Float = 1, MostDimensions = 8;
    private const string Damaged = "The ONNX file is damaged: ";

    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors = new(StringComparer.Ordinal);
    private readonly List<Node> _nodes = [];

    /// <summary>A node of the graph.</summary>
    /// <param name="Operator">For example Conv.</param>
    /// <param name="Inputs">Names of what it takes.</param>
    /// <param name="Outputs">Names of what it gives.</param>
    public sealed record Node(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);

    /// <param name="file">The whole file.</param>
    /// <exception cref="InvalidDataException">It is damaged or no ONNX file.</exception>
    public OnnxInitializers(ReadOnlySpan<byte> file)
    {
        bool any = false;
        for (var model = new ProtoReader(file); model.Next();)
            if (model.IsContent(7))
            {
                any = true;
                for (var graph = new ProtoReader(model.Content); graph.Next();)
                    if (graph.IsContent(1))
                        _nodes.Add(ReadNode(graph.Content));
                    else if (graph.IsContent(5))
                        ReadTensor(graph.Content);
            }
        if (!any)
            throw new InvalidDataException($"{Damaged}it has no graph.");
    }

    /// <summary>The nodes, in an order in which they can be computed.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <exception cref="InvalidDataException">There is no such initialiser of single precision.</exception>
    public (long[] Shape, float[] Values) this[string name] => _tensors.TryGetValue(name, out var found) ? found
        : throw new InvalidDataException($"{Damaged}it has no initialiser '{name}' of single precision.");

    private static Node ReadNode(ReadOnlySpan<byte> bytes)
    {
        var (inputs, outputs, type) = (new List<string>(), new List<string>(), "");
        for (var node = new ProtoReader(bytes); node.Next();)
            if (node.IsContent(1))
                inputs.Add(node.Text);
            else if (node.IsContent(2))
                outputs.Add(node.Text);
            else if (node.IsContent(4))
                type = node.Text;
        return new(type, inputs, outputs);
    }

    private void ReadTensor(ReadOnlySpan<byte> bytes)
    {
        string name = "";
        var shape = new List<long>();
        long type = 0;
        ReadOnlySpan<byte> data = default;
        for (var tensor = new ProtoReader(bytes); tensor.Next();)
            if (tensor.IsContent(8))
                name = tensor.Text;
            else if (tensor.IsContent(4) || tensor.IsContent(9)) // packed singles and raw ones look alike
                data = data.IsEmpty ? tensor.Content : throw new InvalidDataException($"{Damaged}the values of '{name}' are there twice.");
            else if (tensor.IsNumber(2))
                type = tensor.Number;
            else if (tensor.IsNumber(1))
                Add(tensor.Number);
            else if (tensor.IsContent(1))
                for (var sides = new ProtoReader(tensor.Content, packed: true); sides.Next();)
                    Add(sides.Number);
        if (type != Float)
            return; // of no use here
        Int128 count = 1;
        foreach (long side in shape)
            count = side >= 0 && count <= data.Length ? count * side : -1;
        if (count * sizeof(float) != data.Length)
            throw new InvalidDataException($"{Damaged}'{name}' of the shape [{string.Join(", ", shape)}] has {data.Length} bytes of values.");
        float[] values = MemoryMarshal.Cast<byte, float>(data).ToArray();
        foreach (float value in values)
            if (!float.IsFinite(value))
                throw new InvalidDataException($"{Damaged}'{name}' holds a number that is not finite.");
        if (!_tensors.TryAdd(name, ([.. shape], values)))
            throw new InvalidDataException($"{Damaged}it names '{name}' twice.");

        void Add(long side)
        {
            if (shape.Count == MostDimensions)
                throw new InvalidDataException($"{Damaged}'{name}' has more than {MostDimensions} dimensions.");
            shape.Add(side);
        }
    }
}
