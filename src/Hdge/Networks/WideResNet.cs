using Hdge.Data;
using Hdge.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Wide residual network (Zagoruyko and Komodakis 2016) as in the published JEM and HDGE code: pre-activation blocks, leaky ReLU 0.2, biases on every
/// convolution, average pooling, a linear layer. Maps images [N, channels, height, width] to logits [N, classes].
/// </summary>
internal sealed class WideResNet : Backbone
{
    public const double LeakySlope = 0.2;

    public static readonly HeldScalar Slope = new(LeakySlope);

#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Conv2d conv1;
    private readonly ModuleList<WideResNetBlock> layer1;
    private readonly ModuleList<WideResNetBlock> layer2;
    private readonly ModuleList<WideResNetBlock> layer3;
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Linear linear;
#pragma warning restore IDE1006

    public WideResNet(WideResNetOptions options, NetworkContext context) : base(options, context)
    {
        var device = context.Device;
        int w = options.Width;
        conv1 = nn.Conv2d(context.Shape.Channels, 16, 3L, 1L, 1L, device: device, dtype: float32);
        layer1 = Stage(16, 16 * w, 1);
        layer2 = Stage(16 * w, 32 * w, 2);
        layer3 = Stage(32 * w, 64 * w, 2);
        bn1 = NormalizationLayer.Create(options.Normalization, 64 * w, options.BatchNormMomentum, device);
        linear = nn.Linear(64 * w, context.ClassCount, device: device, dtype: float32);

        ModuleList<WideResNetBlock> Stage(int from, int to, int stride) => new(
            [.. Enumerable.Range(0, options.BlocksPerStage).Select(i =>
                new WideResNetBlock(i == 0 ? from : to, to, i == 0 ? stride : 1, options, context with { Seed = Seeds.Mix(context.Seed, to, i) }))]);
    }

    public override Linear Classifier => linear;

    protected internal override IReadOnlyList<IReadOnlyList<nn.Module>> Stages => [[conv1], [layer1], [layer2], [layer3]];

    internal override bool IsFlexible => true;

    internal override void Fold()
    {
        foreach (var block in layer1.Concat(layer2).Concat(layer3))
            block.Fold();
    }

    public override Tensor Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = conv1.Run(Entry(input));
        foreach (var stage in new[] { layer1, layer2, layer3 })
            foreach (var block in stage)
                x = block.call(x);
        x = Activate(x, bn1);
        return Layers.Pool(x).MoveToOuterDisposeScope();
    }

    protected internal override OnnxValue? ExportFeatures(OnnxGraph graph, OnnxValue input)
    {
        var options = (WideResNetOptions)Options;
        var x = graph.Conv(input, "conv1", padding: 1);
        for (int stage = 1; stage <= 3; stage++)
            for (int i = 0; i < options.BlocksPerStage; i++)
                x = WideResNetBlock.Export(graph, x, $"layer{stage}.{i}", i == 0 && stage > 1 ? 2 : 1, options.Normalization);
        return graph.ChannelMeans(graph.LeakyRelu(graph.Norm(x, "bn1", options.Normalization), LeakySlope));
    }

    public static Tensor Activate(Tensor x, nn.Module<Tensor, Tensor>? norm) =>
        norm is null ? x.LeakyRelu(Slope, inPlace: false) : norm.Run(x).LeakyRelu(Slope, NormalizationLayer.OutputIsFree(norm));
}
