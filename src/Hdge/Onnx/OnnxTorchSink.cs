using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Onnx;

/// <summary>
/// Computes a network's graph on the processor while it is built: what an exported network says, before it is exported. Only the operators of networks are there. Its values live until it is
/// disposed of, whatever dispose scopes a network's export opens.
/// </summary>
internal sealed class OnnxTorchSink : OnnxSink, IDisposable
{
    private readonly List<Tensor> _values = [];

    private static readonly Dictionary<Type, ScalarType> s_types = new()
    {
        [typeof(float)] = float32, [typeof(double)] = float64, [typeof(long)] = int64, [typeof(int)] = int32, [typeof(byte)] = uint8, [typeof(sbyte)] = int8, [typeof(bool)] = @bool,
    };

    public static OnnxValue Input(Tensor tensor) => new("input") { Tensor = tensor };

    public override OnnxValue Constant(string name, Type type, long[] shape, byte[] data)
    {
        var tensor = empty(shape, dtype: s_types[type]);
        if (data.Length > 0)
            data.CopyTo(tensor.bytes);
        return Kept(name, tensor);
    }

    public override OnnxValue[] Node(string op, OnnxValue[] inputs, string[] outputs, (string Name, object Value)[] attributes)
    {
        Tensor[] x = [.. inputs.Select(i => i.Tensor!)];
        var result = op switch
        {
            "Conv" => nn.functional.conv2d(x[0], x[1], x.Length > 2 ? x[2] : null, Numbers("strides"), Numbers("pads")[..2], groups: attributes.FirstOrDefault(a => a.Name == "group").Value is long groups ? groups : 1),
            "Gemm" => nn.functional.linear(x[0], x[1], x[2]),
            "BatchNormalization" => nn.functional.batch_norm(x[0], x[3], x[4], x[1], x[2], training: false, eps: (float)Attribute("epsilon")),
            "InstanceNormalization" => nn.functional.instance_norm(x[0], weight: x[1], bias: x[2], eps: (float)Attribute("epsilon")),
            "LeakyRelu" => LeakyRelu(x[0], (float)Attribute("alpha")),
            "Relu" => x[0].relu(),
            "Add" => x[0].Plus(x[1]),
            "Mul" => x[0].mul(x[1]),
            "Sub" => x[0].sub(x[1]),
            "Div" => x[0].div(x[1]),
            "GlobalAveragePool" => x[0].mean([2L, 3L], keepdim: true),
            "MaxPool" => nn.functional.max_pool2d(x[0], Numbers("kernel_shape"), Numbers("strides"), Numbers("pads")[..2]),
            "MatMul" => x[0].matmul(x[1]),
            "Flatten" => x[0].flatten(1L),
            "Shape" => Longs(x[0].shape),
            "Reshape" => x[0].reshape(Sides(x[0].shape, x[1].data<long>().ToArray())),
            "QuantizeLinear" => x[0].div(x[1]).round().Plus(x[2].to(float32)).AtLeast(0).AtMost(255),
            "DequantizeLinear" => (x[0].to(float64) - Channel(x[2], x[0]).to(float64)).mul(Channel(x[1], x[0]).to(float64)).to(float32),
            "Identity" => x[0].alias(),
            _ => throw new NotSupportedException($"The network cannot be rounded to 8 bits: the operator {op} in its graph is not known there."),
        };
        return [Kept(outputs[0], result)];

        object Attribute(string name) => attributes.First(a => a.Name == name).Value;
        long[] Numbers(string name) => [.. (IEnumerable<long>)Attribute(name)];
    }

    public void Dispose()
    {
        foreach (var value in _values)
            value.Dispose();
    }

    private OnnxValue Kept(string name, Tensor tensor)
    {
        _values.Add(tensor.DetachFromDisposeScope());
        return new(name) { Tensor = tensor };
    }

    private static Tensor LeakyRelu(Tensor x, double slope)
    {
        using var held = new HeldScalar(slope);
        return x.LeakyRelu(held, inPlace: false);
    }

    private static Tensor Longs(long[] values)
    {
        var tensor = empty(values.Length, dtype: int64);
        values.CopyTo(TensorMemory.Span<long>(tensor));
        return tensor;
    }

    // 0 leaves a side as it is.
    private static long[] Sides(long[] present, long[] wanted) => [.. wanted.Select((side, i) => side == 0 ? present[i] : side)];

    private static Tensor Channel(Tensor perChannel, Tensor like) => perChannel.dim() == 0 ? perChannel : perChannel.reshape([-1, .. Enumerable.Repeat(1L, (int)like.dim() - 1)]);
}
