namespace Hdge.Onnx;

/// <summary>Takes the parts of a graph in the order in which they are made: a file, ML.NET's converter, or a computation.</summary>
internal abstract class OnnxSink
{
    /// <summary>A constant tensor.</summary>
    /// <param name="name">A name for it.</param>
    /// <param name="type">float, double, long, int, uint, byte, sbyte or bool.</param>
    /// <param name="shape">Its sides; none for a single number.</param>
    /// <param name="data">Its values, little-endian, row after row.</param>
    public abstract OnnxValue Constant(string name, Type type, long[] shape, byte[] data);

    /// <summary>A node with one output or several.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="outputs">A name for each output.</param>
    /// <param name="attributes">A long, a float, a string, or a list of one of these.</param>
    public abstract OnnxValue[] Node(string op, OnnxValue[] inputs, string[] outputs, (string Name, object Value)[] attributes);
}
