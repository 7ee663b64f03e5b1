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
    private bool _folded;

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
        var x = Norm(bn1, conv1.Run(input)).relu_();
        x = Norm(bn2, conv2.Run(x)).relu_();
        x = Norm(bn3, conv3.Run(x));
        x.AddInPlace(shortcut is null ? input : _folded ? ((Conv2d)shortcut[0]).Run(input) : shortcut.Run(input));
        return x.relu_().MoveToOuterDisposeScope();
    }

    /// <summary>The convolutions do the norms' work.</summary>
    public void Fold()
    {
        bn1.FoldInto(conv1);
        bn2.FoldInto(conv2);
        bn3.FoldInto(conv3);
        if (shortcut is not null)
            ((BatchNorm)shortcut[1]).FoldInto((Conv2d)shortcut[0]);
        _folded = true;
    }

    private Tensor Norm(BatchNorm norm, Tensor x) => _folded ? x : norm.Run(x);

    /// <summary>Makes the block start as its shortcut.</summary>
    public void ZeroResidual() => bn3.ZeroScale();
}
