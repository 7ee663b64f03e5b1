using Hdge.Pretraining;

namespace Hdge.Tests.Pretraining;

public class OnnxInitializersTests
{
    private static readonly byte[] s_file = OnnxFile.Model(
        OnnxFile.Field(2, "graph"),
        OnnxFile.Tensor("w", [2, 1, 1, 2], [1, -2.5f, 3e-9f, 4]),
        OnnxFile.Node("Conv", ["x", "w"], ["y"]),
        OnnxFile.Tensor("v", [3], [7, 8, 9], raw: true),
        OnnxFile.Tensor("scalar", [], [5]),
        OnnxFile.Node("BatchNormalization", ["y", "v", "v", "v", "v"], ["z"]),
        OnnxFile.Tensor("integers", [7], [1], type: 7));

    [Fact]
    public void ItReadsShapesValuesAndNodes()
    {
        var onnx = new OnnxInitializers(s_file);
        Assert.Equal([2, 1, 1, 2], onnx["w"].Shape);
        Assert.Equal([1, -2.5f, 3e-9f, 4], onnx["w"].Values);
        Assert.Equal([3], onnx["v"].Shape);
        Assert.Equal([7, 8, 9], onnx["v"].Values);
        Assert.Empty(onnx["scalar"].Shape);
        Assert.Equal([5], onnx["scalar"].Values);
        Assert.Equal(["Conv", "BatchNormalization"], onnx.Nodes.Select(n => n.Operator));
        Assert.Equal(["x", "w"], onnx.Nodes[0].Inputs);
        Assert.Equal(["y"], onnx.Nodes[0].Outputs);
        Says("'integers'", () => onnx["integers"].ToString());
    }

    [Fact]
    public void CutOffAnywhereItIsRefused()
    {
        for (int length = 0; length < s_file.Length; length++)
        {
            byte[] cut = s_file[..length];
            Says("damaged", () => new OnnxInitializers(cut));
        }
    }

    /// <summary>Lengths and numbers that claim more than there is take no memory.</summary>
    [Fact]
    public void WhatAFileClaimsIsNotBelieved()
    {
        Says("are left", () => new OnnxInitializers([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0]));
        Says("are left", () => new OnnxInitializers([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]));
        Says("64 bits", () => new OnnxInitializers([0x08, .. Enumerable.Repeat((byte)0xFF, 11)]));
        Says("wire type 4", () => new OnnxInitializers([0x0C]));
        Says("no graph", () => new OnnxInitializers([]));
        Says("of values", () => Read(OnnxFile.Tensor("w", [1L << 40, 1L << 40], [1])));
        Says("of values", () => Read(OnnxFile.Tensor("w", [-1, -1], [1])));
        Says("of values", () => Read(OnnxFile.Tensor("w", [2], [1])));
        Says("8 dimensions", () => Read(OnnxFile.Tensor("w", [1, 1, 1, 1, 1, 1, 1, 1, 1], [1])));
        Says("not finite", () => Read(OnnxFile.Tensor("w", [1], [float.NaN])));
        Says("'w' twice", () => Read([.. OnnxFile.Tensor("w", [1], [1]), .. OnnxFile.Tensor("w", [1], [1])]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Says("of values", () => Read(OnnxFile.Tensor("w", [1 << 30], [1])));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 16);
    }

    private static OnnxInitializers Read(byte[] graph) => new(OnnxFile.Model(graph));

    private static void Says(string part, Func<object> read) => Assert.Contains(part, Assert.Throws<InvalidDataException>(read).Message, StringComparison.Ordinal);
}
