using Hdge.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// A residual network (He et al. 2016) as torchvision lays it out and names its weights: 7×7 with stride 2, batch norm, ReLU and 3×3 max-pooling with stride 2, or for small images 3×3
/// with stride 1 and no pooling; four stages of blocks; average pooling; a linear layer. Maps images [N, channels, height, width] to logits [N, classes].
/// </summary>
internal sealed class ResNet : Backbone
{
#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Conv2d conv1;
    private readonly BatchNorm bn1;
    private readonly ModuleList<ResidualBlock> layer1;
    private readonly ModuleList<ResidualBlock> layer2;
    private readonly ModuleList<ResidualBlock> layer3;
    private readonly ModuleList<ResidualBlock> layer4;
    private readonly Linear fc;
#pragma warning restore IDE1006
    private readonly ResNetOptions _options;
    private bool _folded;

    /// <param name="options">Stem and size of the input.</param>
    /// <param name="context">What it is made for.</param>
    /// <param name="blocks">Blocks of each stage.</param>
    /// <param name="expansion">Channels that a block gives, as a multiple of its stage's width: 1 for basic blocks, 4 for bottlenecks.</param>
    public ResNet(ResNetOptions options, NetworkContext context, int[] blocks, int expansion) : base(options, context)
    {
        _options = options;
        var device = context.Device;
        conv1 = options.SmallImages
            ? nn.Conv2d(context.Shape.Channels, 64, 3L, 1L, 1L, bias: false, device: device, dtype: float32)
            : nn.Conv2d(context.Shape.Channels, 64, 7L, 2L, 3L, bias: false, device: device, dtype: float32);
        bn1 = new BatchNorm(64, device, options.BatchNormMomentum);
        int from = 64;
        layer1 = Stage(blocks[0], 64, 1);
        layer2 = Stage(blocks[1], 128, 2);
        layer3 = Stage(blocks[2], 256, 2);
        layer4 = Stage(blocks[3], 512, 2);
        fc = nn.Linear(from, context.ClassCount, device: device, dtype: float32);

        ModuleList<ResidualBlock> Stage(int count, int width, int firstStride)
        {
            var stage = new ResidualBlock[count];
            for (int i = 0; i < count; i++, from = width * expansion)
            {
                int stride = i == 0 ? firstStride : 1;
                stage[i] = expansion == 1 ? new BasicBlock(from, width, stride, options.BatchNormMomentum, device) : new BottleneckBlock(from, width, stride, options.BatchNormMomentum, device);
            }
            return new(stage);
        }
    }

    public override Linear Classifier => fc;

    internal override bool IsFlexible => true;

    internal override void Fold()
    {
        bn1.FoldInto(conv1);
        _folded = true;
        foreach (var block in Blocks)
            block.Fold();
    }

    protected internal override IReadOnlyList<IReadOnlyList<nn.Module>> Stages => [[conv1, bn1], [layer1], [layer2], [layer3], [layer4]];

    /// <summary>He's initialisation (normal, fan-out).</summary>
    protected internal override void Initialize(int seed)
    {
        Initialization.ResetHe(this, seed);
        if (_options.ZeroInitResidual)
            foreach (var block in Blocks)
                block.ZeroResidual();
    }

    public override Tensor Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = conv1.Run(Entry(Sized(input)));
        x = (_folded ? x : bn1.Run(x)).relu_();
        if (!_options.SmallImages)
            x = nn.functional.max_pool2d(x, 3L, 2L, 1L);
        foreach (var block in Blocks)
            x = block.call(x);
        return Layers.Pool(x).MoveToOuterDisposeScope();
    }

    protected internal override OnnxValue? ExportFeatures(OnnxGraph graph, OnnxValue input)
    {
        var x = graph.Relu(_options.SmallImages ? graph.Conv(Sized(graph, input), "conv1", 1, 1, "bn1") : graph.Conv(Sized(graph, input), "conv1", 2, 3, "bn1"));
        if (!_options.SmallImages)
            x = graph.MaxPool(x, 3, 2, 1);
        for (int stage = 1; stage <= 4; stage++)
            for (int i = 0; graph.HasWeight($"layer{stage}.{i}.conv1.weight"); i++)
                x = ResidualBlock.Export(graph, x, $"layer{stage}.{i}", i == 0 && stage > 1 ? 2 : 1);
        return graph.ChannelMeans(x);
    }

    private IEnumerable<ResidualBlock> Blocks => layer1.Concat(layer2).Concat(layer3).Concat(layer4);

    /// <summary>The images with the shorter side that the options ask for: enlarged bilinearly, or reduced so that every pixel counts (antialiased).</summary>
    private Tensor Sized(Tensor input)
    {
        var (height, width) = _options.SizeOf(InputShape);
        return height == InputShape.Height && width == InputShape.Width ? input
            : nn.functional.interpolate(input, [height, width], mode: InterpolationMode.Bilinear, align_corners: false, antialias: height < InputShape.Height);
    }

    /// <summary>The same in a graph: two products with what the resizing makes of unit matrices, for it is linear in rows and in columns.</summary>
    private OnnxValue Sized(OnnxGraph graph, OnnxValue input)
    {
        var (height, width) = _options.SizeOf(InputShape);
        if (height == InputShape.Height && width == InputShape.Width)
            return input;
        bool antialias = height < InputShape.Height;
        return graph.Activation(graph.Product(graph.Product(Matrix(InputShape.Height, height, transposed: false), input), Matrix(InputShape.Width, width, transposed: true)));

        OnnxValue Matrix(int from, int to, bool transposed)
        {
            using var scope = NewDisposeScope();
            var matrix = nn.functional.interpolate(eye(from, dtype: float32).reshape(1, 1, from, from), [to, from], mode: InterpolationMode.Bilinear, align_corners: false, antialias: antialias).reshape(to, from);
            var whole = (transposed ? matrix.t() : matrix).contiguous();
            return graph.Constant<float>(TensorMemory.Span<float>(whole), whole.shape);
        }
    }
}
