using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// ResNet-50 (He et al. 2016) for small images, as in the published Supervised Contrastive code: a 3×3 convolution with stride 1 and no max-pooling at
/// the start, bottleneck blocks 3, 4, 6, 3, batch norm, ReLU, average pooling to 2048 features, a linear layer. 23.5 million parameters. Maps images
/// [N, channels, height, width] to logits [N, classes].
/// </summary>
internal sealed class ResNet50 : Backbone
{
    private static readonly (int Blocks, int Width, int Stride)[] Stages = [(3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)];

#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Conv2d conv1;
    private readonly BatchNorm bn1;
    private readonly ModuleList<BottleneckBlock> layer1;
    private readonly ModuleList<BottleneckBlock> layer2;
    private readonly ModuleList<BottleneckBlock> layer3;
    private readonly ModuleList<BottleneckBlock> layer4;
    private readonly Linear linear;
#pragma warning restore IDE1006
    private readonly bool _zeroInitResidual;
    private bool _folded;

    public ResNet50(ResNet50Options options, NetworkContext context) : base(options, context)
    {
        _zeroInitResidual = options.ZeroInitResidual;
        var device = context.Device;
        conv1 = nn.Conv2d(context.Shape.Channels, 64, 3L, 1L, 1L, bias: false, device: device, dtype: float32);
        bn1 = new BatchNorm(64, device, options.BatchNormMomentum);
        int from = 64;
        layer1 = Stage(Stages[0]);
        layer2 = Stage(Stages[1]);
        layer3 = Stage(Stages[2]);
        layer4 = Stage(Stages[3]);
        linear = nn.Linear(from, context.ClassCount, device: device, dtype: float32);

        ModuleList<BottleneckBlock> Stage((int Blocks, int Width, int Stride) stage)
        {
            var blocks = new BottleneckBlock[stage.Blocks];
            for (int i = 0; i < blocks.Length; i++, from = stage.Width * BottleneckBlock.Expansion)
                blocks[i] = new BottleneckBlock(from, stage.Width, i == 0 ? stage.Stride : 1, options.BatchNormMomentum, device);
            return new ModuleList<BottleneckBlock>(blocks);
        }
    }

    public override Linear Classifier => linear;

    internal override bool IsFlexible => true;

    internal override void Fold()
    {
        bn1.FoldInto(conv1);
        _folded = true;
        foreach (var block in layer1.Concat(layer2).Concat(layer3).Concat(layer4))
            block.Fold();
    }

    /// <summary>He's initialisation (normal, fan-out).</summary>
    protected internal override void Initialize(int seed)
    {
        Initialization.ResetHe(this, seed);
        if (_zeroInitResidual)
            foreach (var block in layer1.Concat(layer2).Concat(layer3).Concat(layer4))
                block.ZeroResidual();
    }

    public override Tensor Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = conv1.Run(Entry(input));
        x = (_folded ? x : bn1.Run(x)).relu_();
        foreach (var stage in new[] { layer1, layer2, layer3, layer4 })
            foreach (var block in stage)
                x = block.call(x);
        return Layers.Pool(x).MoveToOuterDisposeScope();
    }
}
