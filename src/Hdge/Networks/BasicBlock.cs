using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Block of ResNet-18 and -34: 3×3 with the stride → 3×3, each with batch norm; ReLU between them. Names are torchvision's.</summary>
internal sealed class BasicBlock : ResidualBlock
{
#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Conv2d conv1;
    private readonly BatchNorm bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm bn2;
    private readonly Sequential? downsample;
#pragma warning restore IDE1006

    public BasicBlock(int from, int width, int stride, double momentum, Device device) : base(nameof(BasicBlock))
    {
        conv1 = nn.Conv2d(from, width, 3L, stride, 1L, bias: false, device: device, dtype: float32);
        bn1 = new BatchNorm(width, device, momentum);
        conv2 = nn.Conv2d(width, width, 3L, 1L, 1L, bias: false, device: device, dtype: float32);
        bn2 = new BatchNorm(width, device, momentum);
        downsample = Shortcut(from, width, stride, momentum, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Norm(bn1, conv1.Run(input)).relu_();
        return Sum(Norm(bn2, conv2.Run(x)), input, downsample).MoveToOuterDisposeScope();
    }

    public override void Fold()
    {
        base.Fold();
        bn1.FoldInto(conv1);
        bn2.FoldInto(conv2);
        Fold(downsample);
    }

    public override void ZeroResidual() => bn2.ZeroScale();
}
