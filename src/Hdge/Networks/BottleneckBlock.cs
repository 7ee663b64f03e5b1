using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Block of ResNet-50 and deeper: 1×1 → 3×3 with the stride → 1×1 to four times the width, each with batch norm; ReLU after all but the last. Names are torchvision's.</summary>
internal sealed class BottleneckBlock : ResidualBlock
{
    public const int Expansion = 4;

#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Conv2d conv1;
    private readonly BatchNorm bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm bn2;
    private readonly Conv2d conv3;
    private readonly BatchNorm bn3;
    private readonly Sequential? downsample;
#pragma warning restore IDE1006

    public BottleneckBlock(int from, int width, int stride, double momentum, Device device) : base(nameof(BottleneckBlock))
    {
        int to = Expansion * width;
        conv1 = nn.Conv2d(from, width, 1L, bias: false, device: device, dtype: float32);
        bn1 = new BatchNorm(width, device, momentum);
        conv2 = nn.Conv2d(width, width, 3L, stride, 1L, bias: false, device: device, dtype: float32);
        bn2 = new BatchNorm(width, device, momentum);
        conv3 = nn.Conv2d(width, to, 1L, bias: false, device: device, dtype: float32);
        bn3 = new BatchNorm(to, device, momentum);
        downsample = Shortcut(from, to, stride, momentum, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Norm(bn1, conv1.Run(input)).relu_();
        x = Norm(bn2, conv2.Run(x)).relu_();
        return Sum(Norm(bn3, conv3.Run(x)), input, downsample).MoveToOuterDisposeScope();
    }

    public override void Fold()
    {
        base.Fold();
        bn1.FoldInto(conv1);
        bn2.FoldInto(conv2);
        bn3.FoldInto(conv3);
        Fold(downsample);
    }

    public override void ZeroResidual() => bn3.ZeroScale();
}
