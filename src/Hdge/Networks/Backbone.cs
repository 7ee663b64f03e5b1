using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>A network that maps images [N, channels, height, width] to logits [N, classes]: features, then one linear layer.</summary>
public abstract class Backbone : nn.Module<Tensor, Tensor>
{
    private protected Backbone(string name, ImageShape shape, int classCount) : base(Loaded(name))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        (InputShape, ClassCount) = (shape, classCount);
    }

    // Before the base class touches TorchSharp.
    private static string Loaded(string name)
    {
        Libtorch.EnsureLoaded();
        return name;
    }

    /// <summary>Shape of the images.</summary>
    public ImageShape InputShape { get; }

    /// <summary>Number of logits.</summary>
    public int ClassCount { get; }

    /// <summary>Length of the penultimate features.</summary>
    public abstract int FeatureLength { get; }

    /// <summary>Kind and size.</summary>
    public abstract NetworkOptions Options { get; }

    /// <summary>Penultimate features [N, <see cref="FeatureLength"/>]: what the linear layer sees.</summary>
    public abstract Tensor Features(Tensor input);

    /// <summary>Logits [N, classes] of features [N, <see cref="FeatureLength"/>].</summary>
    public abstract Tensor Head(Tensor features);

    /// <summary>Logits [N, classes] of network input [N, channels, height, width].</summary>
    public override Tensor forward(Tensor input)
    {
        using var features = Features(input);
        return Head(features);
    }

    /// <summary>Registers the layers, and takes their weights out of the dispose scope in which the constructor made them.</summary>
    private protected void RegisterWeights()
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
