using System.Buffers.Binary;
using System.Text;

namespace Hdge.Tests.Pretraining;

/// <summary>Writes ONNX files, field by field as onnx.proto numbers them.</summary>
internal static class OnnxFile
{
    public static byte[] Model(params byte[][] graph) => [.. Number(1, 8), .. Field(7, [.. graph.SelectMany(part => part)])];

    public static byte[] Node(string type, string[] inputs, string[] outputs) =>
        Field(1, [.. inputs.SelectMany(name => Field(1, name)), .. outputs.SelectMany(name => Field(2, name)), .. Field(4, type), .. Field(5, [.. Field(1, "pads"), .. Number(8, 3), .. Number(20, 7)])]);

    /// <param name="raw">Whether the values are raw data, and the sides one by one: both ways are allowed.</param>
    public static byte[] Tensor(string name, long[] shape, float[] values, bool raw = false, int type = 1)
    {
        var bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        byte[] sides = raw ? [.. shape.SelectMany(side => Number(1, side))] : Field(1, [.. shape.SelectMany(side => Varint((ulong)side))]);
        return Field(5, [.. sides, .. Number(2, type), .. Field(raw ? 9 : 4, bytes), .. Field(8, name)]);
    }

    public static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    public static byte[] Field(int number, byte[] content) => [.. Varint((ulong)(number << 3 | 2)), .. Varint((ulong)content.Length), .. content];

    public static byte[] Number(int number, long value) => [.. Varint((ulong)(number << 3)), .. Varint((ulong)value)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value | 128));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
