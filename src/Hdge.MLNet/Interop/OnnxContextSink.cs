using System.Runtime.InteropServices;
using Hdge.Onnx;
using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;

namespace Hdge.MLNet.Interop;

/// <summary>Gives the parts of a graph to ML.NET's converter.</summary>
internal sealed class OnnxContextSink(OnnxContext context) : OnnxSink
{
    private const string Prefix = "hdge."; // the converter takes every name for a column's

    public override OnnxValue Constant(string name, Type type, long[] shape, byte[] data) => new(type switch
    {
        _ when type == typeof(float) => context.AddInitializer(Values<float>(data), shape, Prefix + name),
        _ when type == typeof(double) => context.AddInitializer(Values<double>(data), shape, Prefix + name),
        _ when type == typeof(long) => context.AddInitializer(Values<long>(data), shape, Prefix + name),
        _ when type == typeof(bool) => context.AddInitializer(Values<bool>(data), shape, Prefix + name),
        _ when type == typeof(int) => context.AddInitializer(Values<int>(data), type, shape, Prefix + name),
        _ => throw new NotSupportedException($"ML.NET's converter to ONNX takes no constants of {type}."),
    });

    public override OnnxValue[] Node(string op, OnnxValue[] inputs, string[] outputs, (string Name, object Value)[] attributes)
    {
        // Names that nobody else has; their types the runtime finds out.
        string[] names = [.. outputs.Select(output => context.AddIntermediateVariable(null, Prefix + output, skip: true))];
        AddNode(op, [.. inputs.Select(input => input.Name)], names, attributes);
        return [.. names.Select(name => new OnnxValue(name))];
    }

    /// <summary>Makes a value a column.</summary>
    public void Output(OnnxValue value, DataViewSchema.Column column) => AddNode("Identity", [value.Name], [context.AddIntermediateVariable(column.Type, column.Name)], []);

    private void AddNode(string op, string[] inputs, string[] outputs, (string Name, object Value)[] attributes)
    {
        var node = context.CreateNode(op, inputs, outputs, context.GetNodeName(op), "");
        foreach (var (key, value) in attributes)
            switch (value)
            {
                case long number:
                    node.AddAttribute(key, number);
                    break;
                case float single:
                    node.AddAttribute(key, (double)single);
                    break;
                case string text:
                    node.AddAttribute(key, text);
                    break;
                case IEnumerable<long> numbers:
                    node.AddAttribute(key, numbers);
                    break;
                case IEnumerable<float> singles:
                    node.AddAttribute(key, singles);
                    break;
                default:
                    throw new NotSupportedException($"ML.NET's converter to ONNX takes no attributes of {value.GetType()}.");
            }
    }

    private static T[] Values<T>(byte[] data) where T : unmanaged => MemoryMarshal.Cast<byte, T>(data).ToArray();
}
