using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>A block of a ResNet (He et al. 2016): convolutions without bias and their batch norms, plus the input, through a 1×1 convolution and batch norm where the shape changes, then ReLU.</summary>
internal abstract class ResidualBlock(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Makes the block start as its shortcut.</summary>
    public abstract void ZeroResidual();

    /// <summary>The way round the block; null where the shape stays.</summary>
    protected static Sequential? Shortcut(int from, int to, int stride, double momentum, Device device) =>
        stride != 1 || from != to ? nn.Sequential(nn.Conv2d(from, to, 1L, stride, bias: false, device: device, dtype: float32), new BatchNorm(to, device, momentum)) : null;

    // In place where the tensor is ours and no backward pass reads what it was: batch norm's reads its input only.
    protected static Tensor Sum(Tensor residual, Tensor input, Sequential? shortcut) => residual.AddInPlace(shortcut is null ? input : shortcut.call(input)).relu_();
}
