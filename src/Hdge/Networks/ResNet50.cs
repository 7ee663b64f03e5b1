using Hdge.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// ResNet-50 (He et al. 2016) for small images, as in the published Supervised Contrastive code: a 3×3 convolution with stride 1 and no max-pooling at
/// the start, bottleneck blocks 3, 4, 6, 3, batch norm, ReLU, average pooling to 2048 features, a linear layer. 23.5 million parameters. Maps images
/// [N, channels, height, width] to logits [N, classes].
/// </summary>
public sealed class ResNet50 : Backbone
{
    internal static readonly (int Blocks, int Width, int Stride)[] Stages = [(3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)];

#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Conv2d conv1;
    private readonly BatchNorm bn1;
    private readonly ModuleList<BottleneckBlock> layer1;
    private readonly ModuleList<BottleneckBlock> layer2;
    private readonly ModuleList<BottleneckBlock> layer3;
    private readonly ModuleList<BottleneckBlock> layer4;
    private readonly Linear linear;
#pragma warning restore IDE1006
    private readonly ResNet50Options _options;

    /// <summary>A network with He's initialisation (normal, fan-out), drawn from <paramref name="seed"/>.</summary>
    /// <param name="shape">Shape of the images, at least 9×9.</param>
    /// <param name="classCount">Number of logits, at least 2.</param>
    /// <param name="options">Choices.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public ResNet50(ImageShape shape, int classCount, ResNet50Options options, int seed = 0) : base(nameof(ResNet50), shape, classCount)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(shape);
        _options = options;
        using var on = Autograd.On();
        using var scope = NewDisposeScope(); // TorchSharp's layers leave handles to their weights behind
        conv1 = nn.Conv2d(shape.Channels, 64, 3L, 1L, 1L, bias: false, dtype: float32);
        bn1 = new BatchNorm(64, options.BatchNormMomentum);
        int from = 64;
        layer1 = Stage(Stages[0]);
        layer2 = Stage(Stages[1]);
        layer3 = Stage(Stages[2]);
        layer4 = Stage(Stages[3]);
        linear = nn.Linear(FeatureLength, classCount, dtype: float32);
        RegisterWeights();
        Initialization.ResetHe(this, seed);
        if (options.ZeroInitResidual)
            foreach (var block in layer1.Concat(layer2).Concat(layer3).Concat(layer4))
                block.ZeroResidual();

        ModuleList<BottleneckBlock> Stage((int Blocks, int Width, int Stride) stage)
        {
            var blocks = new BottleneckBlock[stage.Blocks];
            for (int i = 0; i < blocks.Length; i++, from = stage.Width * BottleneckBlock.Expansion)
                blocks[i] = new BottleneckBlock(from, stage.Width, i == 0 ? stage.Stride : 1, options.BatchNormMomentum);
            return new ModuleList<BottleneckBlock>(blocks);
        }
    }

    /// <inheritdoc/>
    public override NetworkOptions Options => _options;

    /// <summary>2048.</summary>
    public override int FeatureLength => Stages[^1].Width * BottleneckBlock.Expansion;

    /// <inheritdoc/>
    public override Tensor Head(Tensor features) => linear.call(features);

    /// <inheritdoc/>
    public override Tensor Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = bn1.call(conv1.call(input)).relu_();
        foreach (var stage in new[] { layer1, layer2, layer3, layer4 })
            foreach (var block in stage)
                x = block.call(x);
        return x.mean([2L, 3L]).MoveToOuterDisposeScope();
    }
}
