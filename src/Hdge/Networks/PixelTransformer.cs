using Hdge.Data;
using Hdge.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// See <see cref="PixelTransformerOptions"/>. N images have D pixels each after the reduction, in raster order; the states h are [N, D, d]. The input of pixel k is the colour of pixel
/// k − 1 (a learned start for the first) and the place k, so that row k of the logits depends on the pixels before k alone.
/// </summary>
internal sealed class PixelTransformer : Backbone
{
    private const long LargestPart = 1 << 24; // values of the largest state or of the logits in one forward pass without a graph

    private readonly PixelTransformerOptions _options;
    private readonly IReadOnlyList<AttentionPattern> _patterns;
#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Embedding tokens;
    private readonly Parameter positions, start;
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm features, final;
    private readonly Linear head, classifier;
    private readonly Tensor palette, shares, scale, shift; // colours in 0..1 and their shares of the training pixels; network input = value · scale + shift
#pragma warning restore IDE1006

    /// <param name="options">Kind and size.</param>
    /// <param name="context">What it is made for.</param>
    /// <param name="patterns">One a block; default as the options say.</param>
    public PixelTransformer(PixelTransformerOptions options, NetworkContext context, IReadOnlyList<AttentionPattern>? patterns = null) : base(options, context)
    {
        var (shape, device, width) = (context.Shape, context.Device, options.Width);
        _options = options;
        (Height, Columns) = (shape.Height / options.Reduction, shape.Width / options.Reduction);
        _patterns = patterns ??= [.. Enumerable.Range(0, options.Blocks).Select(i => options.Attention == AttentionLayout.Full ? AttentionPattern.Full : i % 2 == 0 ? AttentionPattern.Row : AttentionPattern.Column)];
        tokens = nn.Embedding(options.Colors, width, device: device, dtype: float32);
        positions = nn.Parameter(zeros(Pixels, width, dtype: float32, device: device));
        start = nn.Parameter(zeros(width, dtype: float32, device: device));
        blocks = new([.. patterns.Select(pattern => new TransformerBlock(pattern, width, options.Heads, Height, Columns, device))]);
        features = nn.LayerNorm(width, device: device, dtype: float32);
        final = nn.LayerNorm(width, device: device, dtype: float32);
        head = nn.Linear(width, options.Colors, hasBias: false, device: device, dtype: float32);
        classifier = nn.Linear(width, context.ClassCount, device: device, dtype: float32);
        palette = zeros(options.Colors, shape.Channels, dtype: float32, device: device);
        shares = zeros(options.Colors, dtype: float32, device: device);
        (scale, shift) = (ones(shape.Channels, dtype: float32, device: device), zeros(shape.Channels, dtype: float32, device: device));
    }

    /// <summary>Rows of the reduced image.</summary>
    public int Height { get; }

    /// <summary>Columns of the reduced image.</summary>
    public int Columns { get; }

    /// <summary>D.</summary>
    public int Pixels => Height * Columns;

    /// <summary>K.</summary>
    public int ColorCount => _options.Colors;

    /// <summary>Pixels that the likelihood counts: D, or D − 1 without the first.</summary>
    public int ScoredPixels => Pixels - FirstScored;

    /// <summary>K × C colours in 0..1, and each one's share of the training pixels; on the processor, of the current dispose scope.</summary>
    public (Tensor Palette, Tensor Shares) Colors => (palette.detach().cpu(), shares.detach().cpu());

    public override Linear Classifier => classifier;

    private int FirstScored => _options.FirstPixel ? 0 : 1;

    public override Tensor Features(Tensor input) => InParts(input, part => [Pool(Encode(Tokens(part)))])[0];

    /// <summary>Features, and log p(x) of the quantised, reduced images, in a graph.</summary>
    public (OnnxValue Features, Func<OnnxValue> LogLikelihood) Export(OnnxGraph graph, OnnxValue input) => new PixelTransformerGraph(graph, _options, _patterns, Height, Columns).Build(input);

    protected internal override OnnxValue? ExportFeatures(OnnxGraph graph, OnnxValue input) => Export(graph, input).Features;

    /// <summary>Features [N, d], log p(x) of the quantised, reduced images in nats [N] (double precision), and their colours [N, D], from one pass. Without a graph.</summary>
    public (Tensor Features, Tensor LogLikelihood, Tensor Tokens) Read(Tensor input)
    {
        using var off = no_grad();
        var read = InParts(input, part =>
        {
            var colors = Tokens(part);
            var hidden = Encode(colors);
            return [Pool(hidden), PixelLikelihood.Of(Decode(hidden), colors, FirstScored), colors];
        });
        return (read[0], read[1], read[2]);
    }

    /// <summary>Colours of network input [N, D].</summary>
    public Tensor Tokens(Tensor input) => PixelTokens.Of(input, scale, shift, palette, _options.Reduction);

    /// <summary>States after the encoder.</summary>
    /// <param name="colors">[N, D], 64-bit integers in 0..K − 1.</param>
    public Tensor Encode(Tensor colors)
    {
        using var scope = NewDisposeScope();
        long count = colors.shape[0];
        var before = tokens.weight!.index_select(0, colors.narrow(1, 0, Pixels - 1).flatten()).view(count, Pixels - 1, FeatureLength);
        var hidden = cat([start.view(1, 1, -1).expand(count, 1, -1), before], 1).Plus(positions);
        foreach (var block in blocks.Take(_options.Encoder))
            hidden = block.call(hidden);
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>Features [N, d] of states after the encoder.</summary>
    public Tensor Pool(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return features.call(hidden).mean([1L]).MoveToOuterDisposeScope();
    }

    /// <summary>Logits [N, D, K] of states after the encoder.</summary>
    public Tensor Decode(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        foreach (var block in blocks.Skip(_options.Encoder))
            hidden = block.call(hidden);
        return head.call(final.call(hidden)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over pixels and images of −log p in nats, a scalar, of states after the encoder and their colours.</summary>
    public Tensor PerPixel(Tensor hidden, Tensor colors)
    {
        using var scope = NewDisposeScope();
        return PixelLikelihood.PerPixel(Decode(hidden), colors, FirstScored).MoveToOuterDisposeScope();
    }

    /// <summary>A cache a block for <see cref="Next"/>.</summary>
    public KeyValueCache[] NewCaches() => [.. blocks.Select(_ => new KeyValueCache(Pixels))];

    /// <summary>Logits [N, K] of pixel <paramref name="at"/>, of which all before were given to the caches by this.</summary>
    /// <param name="count">N.</param>
    /// <param name="before">Colours [N] of the pixel before; not looked at for the first.</param>
    /// <param name="at">Number of the pixel.</param>
    /// <param name="caches">Those of <see cref="NewCaches"/>.</param>
    public Tensor Next(int count, Tensor before, int at, KeyValueCache[] caches)
    {
        using var scope = NewDisposeScope();
        var embedded = at == 0 ? start.view(1, -1).expand(count, -1) : tokens.weight!.index_select(0, before);
        var hidden = embedded.unsqueeze(1).Plus(positions.narrow(0, at, 1));
        for (int i = 0; i < caches.Length; i++)
            hidden = blocks[i].Next(hidden, at, caches[i]);
        return head.call(final.call(hidden)).squeeze(1).MoveToOuterDisposeScope();
    }

    internal override void Prepare(ImageSet train, PixelScaling given, int seed)
    {
        var fitted = PaletteFitting.Fit(train, _options.Colors, _options.Reduction, seed);
        var affine = Enumerable.Range(0, InputShape.Channels).Select(given.ForUnitSingles).ToArray();
        using var off = no_grad();
        using var scope = NewDisposeScope();
        palette.copy_(tensor(fitted.Colors, [_options.Colors, InputShape.Channels]));
        shares.copy_(tensor(fitted.Shares));
        scale.copy_(tensor(affine.Select(a => a.Multiplier).ToArray()));
        shift.copy_(tensor(affine.Select(a => a.Offset).ToArray()));
    }

    protected internal override void Initialize(int seed)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        tokens.weight!.normal_(0, 0.02, generator);
        foreach (var block in blocks)
            block.Initialize(generator, blocks.Count);
        positions.normal_(0, 0.01, generator);
        start.normal_(0, 0.02, generator);
        head.weight!.zero_(); // so every colour is equally likely at the start
        double bound = 1 / Math.Sqrt(FeatureLength);
        classifier.weight!.uniform_(-bound, bound, generator);
        classifier.bias!.uniform_(-bound, bound, generator);
        // Until it has seen images: even greys, and the default scaling to −1..1.
        palette.copy_(linspace(0, 1, _options.Colors, dtype: float32).unsqueeze(1).expand_as(palette));
        shares.FillInPlace(1.0 / _options.Colors);
        scale.FillInPlace(2);
        shift.FillInPlace(-1);
    }

    /// <summary>Without a graph, few enough images at a time that no tensor gets large.</summary>
    private Tensor[] InParts(Tensor input, Func<Tensor, Tensor[]> read)
    {
        long count = input.shape[0], part = Math.Max(1, LargestPart / ((long)Pixels * Math.Max(_options.Colors, 4 * FeatureLength)));
        using var scope = NewDisposeScope();
        if (count <= part || is_grad_enabled())
            return [.. read(input).Select(tensor => tensor.MoveToOuterDisposeScope())];
        var parts = new List<Tensor[]>();
        for (long at = 0; at < count; at += part)
        {
            using var inner = NewDisposeScope();
            parts.Add([.. read(input.narrow(0, at, Math.Min(part, count - at))).Select(tensor => tensor.MoveToOuterDisposeScope())]);
        }
        return [.. parts[0].Select((_, i) => cat([.. parts.Select(p => p[i])], 0).MoveToOuterDisposeScope())];
    }
}
