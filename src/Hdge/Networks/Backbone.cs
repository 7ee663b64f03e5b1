using Hdge.Data;
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
    /// Draws the initial weights. Default PyTorch's: weights and biases of convolutions and linear layers uniform in ±1/√fan-in; all other weights stay as their layers made
    /// them. Called once, after the constructor.
    /// </summary>
    /// <param name="seed">Equal seeds give equal weights: draw from a generator of this seed, not from torch's own.</param>
    protected internal virtual void Initialize(int seed) => Initialization.Reset(this, seed);

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
