using Hdge.Data;
using Hdge.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// A network that maps images [N, channels, height, width] to logits [N, classes]: features, then one linear layer. A network of one's own derives from it, makes its
/// layers in its constructor and is made by <see cref="NetworkOptions.Create"/> (docs/extending.md).
/// </summary>
public abstract class Backbone : nn.Module<Tensor, Tensor>
{
    private Freeze _frozen;

    /// <summary>The base of a network, before its layers.</summary>
    /// <param name="options">Kind and size.</param>
    /// <param name="context">What it is made for; every layer is made on its device.</param>
    protected Backbone(NetworkOptions options, NetworkContext context) : base((options ?? throw new ArgumentNullException(nameof(options))).GetType().Name)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfLessThan(context.ClassCount, 2);
        (Options, InputShape, ClassCount) = (options, context.Shape, context.ClassCount);
    }

    /// <summary>Shape of the images.</summary>
    public ImageShape InputShape { get; }

    /// <summary>Number of logits.</summary>
    public int ClassCount { get; }

    /// <summary>Kind and size.</summary>
    public NetworkOptions Options { get; }

    /// <summary>The last layer: features [N, F] → logits [N, classes], with its weight [classes, F] and its bias [classes]. One of the network's own layers.</summary>
    public abstract Linear Classifier { get; }

    /// <summary>Length F of the penultimate features.</summary>
    public int FeatureLength => (int)Classifier.in_features;

    /// <summary>Penultimate features [N, <see cref="FeatureLength"/>]: what <see cref="Classifier"/> sees.</summary>
    /// <param name="input">Network input [N, channels, height, width], 32-bit floating point.</param>
    public abstract Tensor Features(Tensor input);

    /// <summary>Logits [N, classes] of features [N, <see cref="FeatureLength"/>].</summary>
    public Tensor Head(Tensor features) => Classifier.call(features);

    /// <summary>Logits [N, classes] of network input [N, channels, height, width].</summary>
    public sealed override Tensor forward(Tensor input)
    {
        using var features = Features(input);
        return Head(features);
    }

    /// <summary>
    /// The features in a graph, for models that are exported to ONNX: what <see cref="Features"/> computes when it is not training. Default null: such a network cannot be exported.
    /// </summary>
    /// <param name="graph">The graph, which knows the weights by their names.</param>
    /// <param name="input">Network input [N, channels, height, width].</param>
    /// <returns>[N, <see cref="FeatureLength"/>].</returns>
    protected internal virtual OnnxValue? ExportFeatures(OnnxGraph graph, OnnxValue input) => null;

    /// <summary>
    /// Draws the initial weights. Default PyTorch's: weights and biases of convolutions and linear layers uniform in ±1/√fan-in; all other weights stay as their layers made
    /// them. Called once, after the constructor.
    /// </summary>
    /// <param name="seed">Equal seeds give equal weights: draw from a generator of this seed, not from torch's own.</param>
    protected internal virtual void Initialize(int seed) => Initialization.Reset(this, seed);

    /// <summary>Takes from the training images what the network is to know of them before the first step. Default nothing.</summary>
    /// <param name="train">The images trained on, without augmentation.</param>
    /// <param name="given">How their values become network input.</param>
    /// <param name="seed">Seed of whatever is drawn.</param>
    internal virtual void Prepare(ImageSet train, PixelScaling given, int seed)
    {
    }

    /// <summary>
    /// The layers before <see cref="Classifier"/> by depth: first the stem, then the stages of blocks. What <see cref="Freeze"/> counts. Default none: the network is frozen whole or not at all.
    /// </summary>
    protected internal virtual IReadOnlyList<IReadOnlyList<nn.Module>> Stages => [];

    /// <inheritdoc/>
    public override void train(bool train = true)
    {
        base.train(train && _frozen != Freeze.Backbone);
        if (train)
            foreach (var part in FrozenParts)
                part.eval();
    }

    /// <summary>Takes the first layers out of training, for good: they get no gradients, and stay in evaluation mode.</summary>
    /// <exception cref="ArgumentException">The network has no such stage.</exception>
    internal void FreezeUpTo(Freeze last)
    {
        if (last is not (Freeze.None or Freeze.Backbone) && (int)last > Stages.Count)
            throw new ArgumentException($"{nameof(Freeze)} is {last}, but a {Options} has {(Stages.Count == 0 ? "no stages" : $"{Stages.Count - 1} stages")}: expected {nameof(Freeze.None)} or {nameof(Freeze.Backbone)}{(Stages.Count > 1 ? $", or {Freeze.Stem} to {(Freeze)Stages.Count}" : "")}.", nameof(last));
        _frozen = last;
        var head = HeadNames();
        foreach (var weight in last == Freeze.Backbone ? named_parameters().Where(w => !head.Contains(w.name)).Select(w => w.parameter) : FrozenParts.SelectMany(part => part.parameters()))
            weight.requires_grad = false;
    }

    /// <summary>Names of <see cref="Classifier"/>'s weight and bias among the network's.</summary>
    internal HashSet<string> HeadNames()
    {
        string prefix = named_modules().First(part => ReferenceEquals(part.module, Classifier)).name;
        return [$"{prefix}.{nameof(Linear.weight)}", $"{prefix}.{nameof(Linear.bias)}"];
    }

    private IEnumerable<nn.Module> FrozenParts => _frozen == Freeze.Backbone ? [] : Stages.Take((int)_frozen).SelectMany(part => part);

    /// <summary>Whether its layers run in the precision and memory layout of what they are given (<see cref="Layers"/>), and <see cref="Fold"/> does what it says: the networks of this package.</summary>
    internal virtual bool IsFlexible => false;

    /// <summary>Whether convolutions and hidden layers compute in bfloat16; only where <see cref="IsFlexible"/>.</summary>
    internal bool IsMixed { get; set; }

    /// <summary>Input in the precision of the first layer.</summary>
    internal Tensor Entry(Tensor input) => IsMixed ? input.to(bfloat16) : input;

    /// <summary>Makes convolutions do the work of norms that directly follow them: a network for scoring, see <see cref="ScoringForm"/>.</summary>
    internal virtual void Fold()
    {
    }

    /// <summary>Whether batch norm's running averages are among the weights.</summary>
    internal bool HasBatchNorm => modules().Any(part => part is BatchNorm or BatchNorm1d or BatchNorm2d or BatchNorm3d);

    /// <summary>Registers the layers, and takes their weights out of the dispose scope in which the constructor made them.</summary>
    internal void RegisterWeights()
    {
        RegisterComponents();
        foreach (var weight in state_dict().Values)
            weight.DetachFromDisposeScope();
    }

    /// <summary>Releases the weights.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing) // a ModuleList does not dispose of what it holds
            foreach (var part in modules().Where(part => part != this).ToList())
                part.Dispose();
        base.Dispose(disposing);
    }
}
