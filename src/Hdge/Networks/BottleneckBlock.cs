using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Bottleneck block (He et al. 2016): 1×1 → 3×3 with the stride → 1×1 to four times the width, each with batch norm and without bias, plus the input,
/// through a 1×1 convolution and batch norm where the shape changes; ReLU after all but the last norm, and after the sum.
/// </summary>
internal sealed class BottleneckBlock : nn.Module<Tensor, Tensor>
{
    public const int Expansion = 4;

#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Conv2d conv1;
    private readonly BatchNorm bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm bn3;
    private readonly Sequential? shortcut;
#pragma warning restore IDE1006

    public BottleneckBlock(int from, int width, int stride, double momentum, Device device) : base(nameof(BottleneckBlock))
    {
        int to = Expansion * width;
        conv1 = nn.Conv2d(from, width, 1L, bias: false, device: device, dtype: float32);
        bn1 = Norm(width);
        conv2 = nn.Conv2d(width, width, 3L, stride, 1L, bias: false, device: device, dtype: float32);
        bn2 = Norm(width);
        conv3 = nn.Conv2d(width, to, 1L, bias: false, device: device, dtype: float32);
        bn3 = Norm(to);
        shortcut = stride != 1 || from != to ? nn.Sequential(nn.Conv2d(from, to, 1L, stride, bias: false, device: device, dtype: float32), Norm(to)) : null;
        RegisterComponents();

        BatchNorm Norm(int channels) => new(channels, device, momentum);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // In place where the tensor is ours and no backward pass reads what it was: batch norm's reads its input only.
        var x = bn1.call(conv1.call(input)).relu_();
        x = bn2.call(conv2.call(x)).relu_();
        x = bn3.call(conv3.call(x));
        x.AddInPlace(shortcut is null ? input : shortcut.call(input));
        return x.relu_().MoveToOuterDisposeScope();
    }

    /// <summary>Makes the block start as its shortcut.</summary>
    public void ZeroResidual() => bn3.ZeroScale();
}
