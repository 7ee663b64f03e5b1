using System.Security.Cryptography;
using System.Text;

namespace Hdge.Onnx;

/// <summary>
/// An ONNX file as this library writes it: model, metadata, and as the last entry of the metadata the SHA-256 of all bytes before it. A file that is whole is still read as if somebody had
/// made it up: nothing but plain nodes with known operators and constants within the file reaches ONNX Runtime.
/// </summary>
internal static class OnnxFile
{
    public const string DescriptionKey = "hdge", HashKey = "sha256";

    // Fields of ONNX's messages (onnx.proto): of the model, of its graph, of a node, an attribute, a tensor.
    public const int ModelIr = 1, ModelProducer = 2, ModelProducerVersion = 3, ModelGraph = 7, ModelOpset = 8, ModelMetadata = 14;
    public const int GraphNode = 1, GraphName = 2, GraphInitializer = 5, GraphInput = 11, GraphOutput = 12;
    public const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOperator = 4, NodeAttribute = 5, NodeDomain = 7;
    public const int AttributeName = 1, AttributeSingle = 2, AttributeNumber = 3, AttributeText = 4, AttributeSingles = 7, AttributeNumbers = 8, AttributeTexts = 9, AttributeType = 20;
    public const int TensorDimension = 1, TensorType = 2, TensorName = 8, TensorRaw = 9;

    /// <summary>The domain of ONNX's operators for classical machine learning.</summary>
    public const string ClassicalDomain = "ai.onnx.ml";

    private const int HashLength = 64; // hexadecimal digits

    private static readonly HashSet<string> s_operators =
    [
        "Abs", "Add", "And", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Conv", "CumSum", "DequantizeLinear", "Div", "Equal", "Erf", "Exp", "Flatten", "Floor", "Gather", "GatherElements", "Gemm",
        "GlobalAveragePool", "Greater", "Identity", "InstanceNormalization", "LabelEncoder", "LayerNormalization", "LeakyRelu", "Less", "Log", "MatMul", "Max", "MaxPool", "Min", "Mul", "Neg", "Not", "Or", "Pow", "QuantizeLinear",
        "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Relu", "Reshape", "Resize", "Round", "ScatterElements", "Shape", "Sigmoid", "Slice", "Softmax", "Sqrt", "Sub", "Tanh", "TopK", "Transpose", "Unsqueeze", "Where",
    ];

    /// <summary>The last entry of a file's metadata.</summary>
    /// <param name="hash">SHA-256 of all bytes before it.</param>
    public static byte[] Signature(ReadOnlySpan<byte> hash)
    {
        string digits = Convert.ToHexString(hash);
        return new ProtoWriter().Message(ModelMetadata, entry => entry.Text(1, HashKey).Text(2, digits)).Bytes.ToArray();
    }

    /// <summary>The description, once the file has been found whole.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, not from this library, or holds what such a file does not.</exception>
    public static OnnxDescription Read(ReadOnlySpan<byte> file)
    {
        int length = Signature(stackalloc byte[SHA256.HashSizeInBytes]).Length;
        ReadOnlySpan<byte> description = default;
        for (var field = new ProtoReader(file); field.Next();)
            if (field.Field == ModelMetadata && Entry(field.Content) is var (key, value) && field.Content[key].SequenceEqual("hdge"u8))
                description = field.Content[value];
        if (description.IsEmpty)
            throw new InvalidDataException("The ONNX file has no description of an HDGE model, expected one that HdgeModel.SaveOnnx or HdgeTransformer.SaveOnnx wrote. What ConvertToOnnx wrote is scored by Transforms.ApplyOnnxModel.");
        if (file.Length < length || !file[^length..].SequenceEqual(Signature(SHA256.HashData(file[..^length]))))
            throw new InvalidDataException("The ONNX file is damaged: its content does not fit the SHA-256 at its end.");
        foreach (var (field, content) in Fields(file))
        {
            Require(field is ModelIr or ModelProducer or ModelProducerVersion or ModelGraph or ModelOpset or ModelMetadata, $"the model has a field {field}");
            if (field == ModelGraph)
                CheckGraph(file[content]);
        }
        return OnnxDescription.Read(description);
    }

    /// <summary>The same model with fewer outputs, and without the nodes that those do not need: runtimes compute every node that they are given.</summary>
    public static byte[] Reduced(ReadOnlySpan<byte> file, params IReadOnlyCollection<string> outputs)
    {
        var reduced = new MemoryStream(file.Length);
        foreach (var (field, content) in Fields(file))
        {
            if (field == ModelMetadata)
                continue;
            var part = new ProtoWriter();
            if (field == ModelGraph)
                part.Content(field, ReducedGraph(file[content], outputs));
            else if (field is ModelIr)
                continue;
            else
                part.Content(field, file[content]);
            reduced.Write(part.Bytes);
        }
        for (var field = new ProtoReader(file); field.Next();)
            if (field.Field == ModelIr)
                reduced.Write(file[field.Start..field.End]);
        return reduced.ToArray();
    }

    private static byte[] ReducedGraph(ReadOnlySpan<byte> graph, IReadOnlyCollection<string> outputs)
    {
        var (nodes, others) = (new List<(Range Whole, string[] Inputs, string[] Outputs)>(), new List<(int Field, Range Whole, string Name)>());
        for (var field = new ProtoReader(graph); field.Next();)
        {
            var whole = field.Start..field.End;
            if (field.Field == GraphNode)
                nodes.Add((whole, Texts(field.Content, NodeInput), Texts(field.Content, NodeOutput)));
            else
                others.Add((field.Field, whole, field.Field == GraphInitializer ? Texts(field.Content, TensorName)[0] : field.Field is GraphInput or GraphOutput ? Texts(field.Content, 1)[0] : ""));
        }
        var (needed, kept) = (outputs.ToHashSet(StringComparer.Ordinal), new List<Range>());
        for (int i = nodes.Count - 1; i >= 0; i--) // each stands behind those that it reads
            if (nodes[i].Outputs.Any(needed.Contains))
            {
                needed.UnionWith(nodes[i].Inputs);
                kept.Add(nodes[i].Whole);
            }
        kept.Reverse();
        kept.AddRange(others.Where(o => o.Field switch { GraphOutput => outputs.Contains(o.Name), GraphInitializer => needed.Contains(o.Name), _ => true }).Select(o => o.Whole));
        var reduced = new MemoryStream(graph.Length);
        foreach (var part in kept)
            reduced.Write(graph[part]);
        return reduced.ToArray();
    }

    private static void CheckGraph(ReadOnlySpan<byte> graph)
    {
        foreach (var (field, content) in Fields(graph))
        {
            Require(field is GraphNode or GraphName or GraphInitializer or GraphInput or GraphOutput, $"the graph has a field {field}");
            if (field == GraphNode)
                CheckNode(graph[content]);
            else if (field == GraphInitializer)
                CheckTensor(graph[content]);
            else if (field is GraphInput or GraphOutput)
                Require(Texts(graph[content], 1).Length == 1, "an input or output has no name");
        }
    }

    private static void CheckNode(ReadOnlySpan<byte> node)
    {
        string[] operators = Texts(node, NodeOperator);
        Require(operators.Length == 1 && s_operators.Contains(operators[0]), $"a node is '{string.Join(", ", operators)}'");
        Require(Texts(node, NodeDomain).All(d => d is "" or ClassicalDomain), "a node is of another domain");
        foreach (var (field, content) in Fields(node))
            if (field == NodeAttribute) // no graphs, no tensors
                foreach (var (part, _) in Fields(node[content]))
                    Require(part is AttributeName or AttributeSingle or AttributeNumber or AttributeText or AttributeSingles or AttributeNumbers or AttributeTexts or AttributeType, $"an attribute has a field {part}");
            else
                Require(field is NodeInput or NodeOutput or NodeName or NodeOperator or NodeDomain, $"a node has a field {field}");
    }

    /// <summary>A constant's data are all there, in the file and not elsewhere.</summary>
    private static void CheckTensor(ReadOnlySpan<byte> tensor)
    {
        Int128 count = 1;
        var (size, length, named, isText) = (0, -1L, false, false);
        for (var field = new ProtoReader(tensor); field.Next();)
            switch (field.Field)
            {
                case TensorDimension:
                    count = field.Number >= 0 && count <= int.MaxValue ? count * field.Number : int.MaxValue + (Int128)1;
                    break;
                case TensorType:
                    size = OnnxTypes.Size((int)field.Number);
                    isText = field.Number == OnnxTypes.Text;
                    break;
                case TensorRaw:
                    length = field.Content.Length;
                    break;
                case TensorName:
                    named = true;
                    break;
                default:
                    Require(field.Field == OnnxTypes.TextField, $"a constant has a field {field.Field}");
                    break;
            }
        Require(named && (isText ? count == 1 && length < 0 : size > 0 && length == count * size), "a constant has another length than its shape");
    }

    /// <summary>Fields and where their content lies.</summary>
    private static List<(int Field, Range Content)> Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<(int, Range)>();
        for (var field = new ProtoReader(message); field.Next();)
            fields.Add((field.Field, (field.End - field.Content.Length)..field.End));
        return fields;
    }

    private static (Range Key, Range Value) Entry(ReadOnlySpan<byte> entry)
    {
        Range key = default, value = default;
        foreach (var (field, content) in Fields(entry))
            if (field == 1)
                key = content;
            else
                value = content;
        return (key, value);
    }

    private static string[] Texts(ReadOnlySpan<byte> message, int wanted)
    {
        var texts = new List<string>();
        for (var field = new ProtoReader(message); field.Next();)
            if (field.Field == wanted)
                texts.Add(Encoding.UTF8.GetString(field.Content));
        return [.. texts];
    }

    private static void Require(bool valid, string found)
    {
        if (!valid)
            throw new InvalidDataException($"The ONNX file holds what no exported HDGE model does: {found}.");
    }
}
