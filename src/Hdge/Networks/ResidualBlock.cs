using Hdge.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>A block of a ResNet (He et al. 2016): convolutions without bias and their batch norms, plus the input, through a 1×1 convolution and batch norm where the shape changes, then ReLU.</summary>
internal abstract class ResidualBlock(string name) : nn.Module<Tensor, Tensor>(name)
{
    private bool _folded;

    /// <summary>Makes the block start as its shortcut.</summary>
    public abstract void ZeroResidual();

    /// <summary>The way round the block; null where the shape stays.</summary>
    protected static Sequential? Shortcut(int from, int to, int stride, double momentum, Device device) =>
        stride != 1 || from != to ? nn.Sequential(nn.Conv2d(from, to, 1L, stride, bias: false, device: device, dtype: float32), new BatchNorm(to, device, momentum)) : null;

    /// <summary>The block of that name in a graph: each norm is part of the convolution before it.</summary>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue input, string name, int stride)
    {
        bool isBottleneck = graph.HasWeight(name + ".conv3.weight");
        var x = graph.Relu(Conv(input, 1, isBottleneck ? 1 : stride, isBottleneck ? 0 : 1));
        x = Conv(isBottleneck ? graph.Relu(Conv(x, 2, stride, 1)) : x, isBottleneck ? 3 : 2, 1, isBottleneck ? 0 : 1);
        return graph.Relu(graph.Sum(x, graph.HasWeight(name + ".downsample.0.weight") ? graph.Conv(input, name + ".downsample.0", stride, 0, name + ".downsample.1") : input));

        OnnxValue Conv(OnnxValue from, int number, int step, int padding) => graph.Conv(from, $"{name}.conv{number}", step, padding, $"{name}.bn{number}");
    }

    /// <summary>The convolutions do the norms' work.</summary>
    public virtual void Fold() => _folded = true;

    protected static void Fold(Sequential? shortcut)
    {
        if (shortcut is not null)
            ((BatchNorm)shortcut[1]).FoldInto((Conv2d)shortcut[0]);
    }

    protected Tensor Norm(BatchNorm norm, Tensor x) => _folded ? x : norm.Run(x);

    // In place where the tensor is ours and no backward pass reads what it was: batch norm's reads its input only.
    protected Tensor Sum(Tensor residual, Tensor input, Sequential? shortcut) =>
        residual.AddInPlace(shortcut is null ? input : _folded ? ((Conv2d)shortcut[0]).Run(input) : shortcut.Run(input)).relu_();
}
