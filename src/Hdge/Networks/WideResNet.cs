using Hdge.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Wide residual network (Zagoruyko and Komodakis 2016) as in the published JEM and HDGE code: pre-activation blocks, leaky ReLU 0.2, biases on every
/// convolution, average pooling, a linear layer. Maps images [N, channels, height, width] to logits [N, classes].
/// </summary>
public sealed class WideResNet : Backbone
{
    internal const double LeakySlope = 0.2;

    private static readonly HeldScalar s_slope = new(LeakySlope);

#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Conv2d conv1;
    private readonly ModuleList<WideResNetBlock> layer1;
    private readonly ModuleList<WideResNetBlock> layer2;
    private readonly ModuleList<WideResNetBlock> layer3;
    private readonly nn.Module<Tensor, Tensor>? bn1;
    private readonly Linear linear;
#pragma warning restore IDE1006
    private readonly WideResNetOptions _options;

    /// <summary>A network with PyTorch's default initialisation, drawn from <paramref name="seed"/>.</summary>
    /// <param name="shape">Shape of the images, at least 8×8.</param>
    /// <param name="classCount">Number of logits, at least 2.</param>
    /// <param name="options">Size and kind.</param>
    /// <param name="seed">Seed of the initial weights and of dropout.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public WideResNet(ImageShape shape, int classCount, WideResNetOptions options, int seed = 0) : base(nameof(WideResNet), shape, classCount)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(shape);
        _options = options;
        using var on = Autograd.On();
        using var scope = NewDisposeScope(); // TorchSharp's layers leave handles to their weights behind
        int w = options.Width;
        conv1 = nn.Conv2d(shape.Channels, 16, 3L, 1L, 1L, dtype: float32);
        layer1 = Stage(16, 16 * w, 1);
        layer2 = Stage(16 * w, 32 * w, 2);
        layer3 = Stage(32 * w, 64 * w, 2);
        bn1 = NormalizationLayer.Create(options.Normalization, 64 * w, options.BatchNormMomentum);
        linear = nn.Linear(64 * w, classCount, dtype: float32);
        RegisterWeights();
        Initialization.Reset(this, seed);

        ModuleList<WideResNetBlock> Stage(int from, int to, int stride) => new(
            [.. Enumerable.Range(0, options.BlocksPerStage).Select(i => new WideResNetBlock(i == 0 ? from : to, to, i == 0 ? stride : 1, options, Seeds.Mix(seed, to, i)))]);
    }

    /// <inheritdoc/>
    public override NetworkOptions Options => _options;

    /// <summary>64 × width factor.</summary>
    public override int FeatureLength => 64 * _options.Width;

    /// <inheritdoc/>
    public override Tensor Head(Tensor features) => linear.call(features);

    /// <inheritdoc/>
    public override Tensor Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = conv1.call(input);
        foreach (var stage in new[] { layer1, layer2, layer3 })
            foreach (var block in stage)
                x = block.call(x);
        x = Activate(x, bn1);
        return x.mean([2L, 3L]).MoveToOuterDisposeScope();
    }

    internal static Tensor Activate(Tensor x, nn.Module<Tensor, Tensor>? norm) =>
        norm is null ? x.LeakyRelu(s_slope, inPlace: false) : norm.call(x).LeakyRelu(s_slope, NormalizationLayer.OutputIsFree(norm));
}
