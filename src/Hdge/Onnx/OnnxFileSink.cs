using System.Security.Cryptography;
using Hdge.Persistence;
using static Hdge.Onnx.OnnxFile;

namespace Hdge.Onnx;

/// <summary>Writes a graph as an ONNX file (onnx.proto3, IR version 8).</summary>
internal sealed class OnnxFileSink(int opset) : OnnxSink
{
    private const int IrVersion = 8, ClassicalVersion = 2;
    private const int SingleKind = 1, NumberKind = 2, TextKind = 3, SinglesKind = 6, NumbersKind = 7, TextsKind = 8; // AttributeProto.AttributeType

    private readonly List<byte[]> _nodes = [];
    private readonly List<(byte[] Header, byte[] Data)> _constants = [];
    private readonly ProtoWriter _ends = new();
    private readonly List<(string Key, string Value)> _metadata = [];

    public override OnnxValue Constant(string name, Type type, long[] shape, byte[] data)
    {
        var header = new ProtoWriter();
        foreach (long side in shape)
            header.Number(TensorDimension, side);
        header.Number(TensorType, OnnxTypes.Of(type)).Text(TensorName, name).Key(TensorRaw, data.Length);
        _constants.Add((header.Bytes.ToArray(), data));
        return new(name);
    }

    public override OnnxValue[] Node(string op, OnnxValue[] inputs, string[] outputs, (string Name, object Value)[] attributes)
    {
        AddNode(op, [.. inputs.Select(i => i.Name)], outputs, attributes, "");
        return [.. outputs.Select(o => new OnnxValue(o))];
    }

    /// <summary>An input of the graph; −1 is a side of any length.</summary>
    public OnnxValue Input(string name, Type type, params long[] shape)
    {
        _ends.Message(GraphInput, value => End(value, name, type, shape));
        return new(name);
    }

    /// <summary>An output of the graph, which a node gives by that name.</summary>
    public void Output(string name, Type type, params long[] shape) => _ends.Message(GraphOutput, value => End(value, name, type, shape));

    public void Metadata(string key, string value) => _metadata.Add((key, value));

    /// <summary>
    /// Names the items of an output's vector for ML.NET's OnnxTransformer, which looks for a node mlnet.NAME.SlotNames (SaveOnnxCommand.AddSlotNames in ML.NET). Nothing reads what the node gives.
    /// </summary>
    public void SlotNames(string column, IReadOnlyList<string> names)
    {
        string node = $"mlnet.{column}.SlotNames", input = $"mlnet.{column}.unusedInput", output = $"mlnet.{column}.unusedOutput";
        _constants.Add((new ProtoWriter().Number(TensorDimension, 1).Number(TensorDimension, 1).Number(TensorType, OnnxTypes.Text).Text(OnnxTypes.TextField, "one").Text(TensorName, input).Bytes.ToArray(), []));
        AddNode("LabelEncoder", [input], [output], [("keys_strings", names.ToArray()), ("values_int64s", Enumerable.Range(0, names.Count).Select(i => (long)i).ToArray())], ClassicalDomain, node);
        Output(output, typeof(long), 1, 1);
    }

    /// <summary>Writes the file, its own SHA-256 at the end.</summary>
    public void Write(Stream stream, string producer)
    {
        var name = new ProtoWriter().Text(GraphName, "hdge");
        long length = name.Length + _ends.Length + _nodes.Sum(n => (long)n.Length) + _constants.Sum(c => Framed(c).Length + c.Header.Length + c.Data.LongLength);
        if (length > int.MaxValue)
            throw new NotSupportedException($"The ONNX file would have {length} bytes, expected less than 2 GiB: more the format does not hold.");
        using var hashed = new HashingStream(stream);
        hashed.Write(new ProtoWriter().Number(ModelIr, IrVersion).Text(ModelProducer, producer).Key(ModelGraph, length).Bytes);
        foreach (byte[] node in _nodes)
            hashed.Write(node);
        hashed.Write(name.Bytes);
        foreach (var constant in _constants)
        {
            hashed.Write(Framed(constant).Bytes);
            hashed.Write(constant.Header);
            hashed.Write(constant.Data);
        }
        hashed.Write(_ends.Bytes);
        var rest = new ProtoWriter().Message(ModelOpset, o => o.Text(1, "").Number(2, opset)).Message(ModelOpset, o => o.Text(1, ClassicalDomain).Number(2, ClassicalVersion));
        foreach (var (key, value) in _metadata)
            rest.Message(ModelMetadata, entry => entry.Text(1, key).Text(2, value));
        hashed.Write(rest.Bytes);
        stream.Write(Signature(Convert.FromHexString(hashed.Sha256())));
    }

    private static ProtoWriter Framed((byte[] Header, byte[] Data) constant) => new ProtoWriter().Key(GraphInitializer, constant.Header.Length + constant.Data.LongLength);

    private void AddNode(string op, string[] inputs, string[] outputs, (string Name, object Value)[] attributes, string domain, string name = "") => _nodes.Add(new ProtoWriter().Message(GraphNode, node =>
    {
        foreach (string input in inputs)
            node.Text(NodeInput, input);
        foreach (string output in outputs)
            node.Text(NodeOutput, output);
        if (name.Length > 0)
            node.Text(NodeName, name);
        node.Text(NodeOperator, op);
        foreach (var (key, value) in attributes)
            node.Message(NodeAttribute, attribute => Attribute(attribute.Text(AttributeName, key), value));
        if (domain.Length > 0)
            node.Text(NodeDomain, domain);
    }).Bytes.ToArray());

    private static void Attribute(ProtoWriter attribute, object value)
    {
        switch (value)
        {
            case long number:
                attribute.Number(AttributeNumber, number).Number(AttributeType, NumberKind);
                break;
            case float single:
                attribute.Single(AttributeSingle, single).Number(AttributeType, SingleKind);
                break;
            case string text:
                attribute.Text(AttributeText, text).Number(AttributeType, TextKind);
                break;
            case IEnumerable<long> numbers:
                foreach (long number in numbers)
                    attribute.Number(AttributeNumbers, number);
                attribute.Number(AttributeType, NumbersKind);
                break;
            case IEnumerable<float> singles:
                foreach (float single in singles)
                    attribute.Single(AttributeSingles, single);
                attribute.Number(AttributeType, SinglesKind);
                break;
            case IEnumerable<string> texts:
                foreach (string text in texts)
                    attribute.Text(AttributeTexts, text);
                attribute.Number(AttributeType, TextsKind);
                break;
            default:
                throw new NotSupportedException($"An attribute is {value?.GetType().Name ?? "null"}, expected a long, a float, a text, or a list of one of these.");
        }
    }

    // ValueInfoProto: name, and a type that is a tensor of an element type and a shape.
    private static void End(ProtoWriter value, string name, Type type, long[] shape) => value.Text(1, name).Message(2, t => t.Message(1, tensor =>
    {
        tensor.Number(1, OnnxTypes.Of(type)).Message(2, sides =>
        {
            foreach (long side in shape)
                sides.Message(1, dimension => _ = side < 0 ? dimension.Text(2, "N") : dimension.Number(1, side));
        });
    }));
}
