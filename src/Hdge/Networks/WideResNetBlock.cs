using Hdge.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Pre-activation block: norm → leaky ReLU → 3×3 → dropout → norm → leaky ReLU → 3×3 with the stride, plus the raw input, through a 1×1 convolution
/// where the shape changes.
/// </summary>
internal sealed class WideResNetBlock : nn.Module<Tensor, Tensor>
{
#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Conv2d conv1;
    private readonly nn.Module<Tensor, Tensor>? bn2;
    private readonly Conv2d conv2;
    private readonly Conv2d? shortcut;
#pragma warning restore IDE1006
    private readonly SeededDropout? _dropout;
    private bool _folded;

    public WideResNetBlock(int from, int to, int stride, WideResNetOptions options, NetworkContext context) : base(nameof(WideResNetBlock))
    {
        bn1 = NormalizationLayer.Create(options.Normalization, from, options.BatchNormMomentum, context.Device);
        conv1 = nn.Conv2d(from, to, 3L, 1L, 1L, device: context.Device, dtype: float32);
        _dropout = options.DropoutRate > 0 ? new SeededDropout(options.DropoutRate, context.Seed) : null;
        bn2 = NormalizationLayer.Create(options.Normalization, to, options.BatchNormMomentum, context.Device);
        conv2 = nn.Conv2d(to, to, 3L, stride, 1L, device: context.Device, dtype: float32);
        shortcut = stride != 1 || from != to ? nn.Conv2d(from, to, 1L, stride, device: context.Device, dtype: float32) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = conv1.Run(WideResNet.Activate(input, bn1));
        if (_dropout is not null && training)
            x = _dropout.call(x);
        // What a convolution gave nobody else reads, nor does its backward pass.
        x = conv2.Run(_folded || bn2 is null ? x.LeakyRelu(WideResNet.Slope, inPlace: true) : WideResNet.Activate(x, bn2));
        x.AddInPlace(shortcut is null ? input : shortcut.Run(input));
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>The first convolution does the second norm's work; the first norm follows a sum.</summary>
    public void Fold()
    {
        if (bn2 is not BatchNorm norm)
            return;
        norm.FoldInto(conv1);
        _folded = true;
    }

    /// <summary>The block of that name in a graph.</summary>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue input, string name, int stride, Normalization kind)
    {
        bool folds = kind is Normalization.Batch or Normalization.Activation; // a factor and a shift a channel: part of the convolution before it
        var x = graph.LeakyRelu(graph.Norm(input, name + ".bn1", kind), WideResNet.LeakySlope);
        x = graph.Conv(x, name + ".conv1", padding: 1, norm: folds ? name + ".bn2" : null, normalization: kind);
        x = graph.LeakyRelu(folds ? x : graph.Norm(x, name + ".bn2", kind), WideResNet.LeakySlope);
        x = graph.Conv(x, name + ".conv2", stride, 1);
        return graph.Sum(x, graph.HasWeight(name + ".shortcut.weight") ? graph.Conv(input, name + ".shortcut", stride) : input);
    }
}
