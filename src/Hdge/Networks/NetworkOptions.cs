using System.Text.Json.Serialization;
using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Kind and size of a network; one record a kind. A kind of one's own derives from it (docs/extending.md); its public properties are saved with a model as JSON.</summary>
[JsonConverter(typeof(NetworkOptionsConverter))]
public abstract record NetworkOptions
{
    /// <summary>The options of a kind of one's own.</summary>
    protected NetworkOptions()
    {
    }

    /// <summary>
    /// Names a kind of one's own in model files. Once at the start of a program that saves or loads models of it, before it does; again with the same name changes nothing.
    /// </summary>
    /// <typeparam name="T">The options: not abstract, without a property named Kind.</typeparam>
    /// <param name="kind">The name: it is what stays the same when classes are renamed.</param>
    /// <exception cref="ArgumentException">The name is empty or belongs to other options, or the options have another name already.</exception>
    public static void Register<T>(string kind) where T : NetworkOptions => NetworkKinds.Register(typeof(T), kind);

    /// <summary>A network on the processor, with its initial weights drawn from <paramref name="seed"/>.</summary>
    /// <param name="shape">Shape of the images.</param>
    /// <param name="classCount">Number of logits, at least 2.</param>
    /// <param name="seed">Seed of the initial weights and of dropout.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">A network of one's own is not as <see cref="Build"/> demands; the message says in what.</exception>
    public Backbone Create(ImageShape shape, int classCount, int seed = 0)
    {
        Sketched(shape, classCount); // what could not be loaded is not trained either
        return Make(new NetworkContext(shape, classCount, seed, CPU), network => network.Initialize(seed));
    }

    /// <summary>
    /// Makes the network for <see cref="Create"/>. Every layer is made on <see cref="NetworkContext.Device"/>: there are also networks without memory, which only tell names, types and
    /// shapes of their weights.
    /// </summary>
    /// <param name="context">Images, classes, seed and device. The options were found valid for the images.</param>
    protected abstract Backbone Build(NetworkContext context);

    /// <summary>Checks the values for images of <paramref name="shape"/>. Values from a model file come here too: bound what decides of the number of layers.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public abstract void Validate(ImageShape shape);

    /// <summary>
    /// Whether it takes vectors of features (<see cref="ImageShape.Vector"/>) and not images: then values have no range of 0..1, and what only pixels can have done to them is refused.
    /// Default false.
    /// </summary>
    public virtual bool TakesFeatures => false;

    /// <summary>Whether a model may score an image as the mean of it and its mirror image.</summary>
    internal virtual bool TakesMirrorImages => !TakesFeatures;

    internal const string NoInputGradient = "its output has no gradient with respect to the image, along which images could be moved";

    /// <summary>Whether its output has a gradient with respect to the image: what moves images needs it.</summary>
    internal virtual bool HasInputGradient => true;

    /// <summary>Whether it gives a likelihood of the image's pixels.</summary>
    internal virtual bool HasPixelLikelihood => false;

    /// <summary>How training scales the values of <paramref name="train"/>; default as the training's options say.</summary>
    internal virtual PixelScaling ScalingFor(ImageSet train, PixelScaling given) => given;

    /// <summary>Height and width with which images of a shape pass through the network.</summary>
    internal virtual (int Height, int Width) SizeOf(ImageShape shape) => (shape.Height, shape.Width);

    /// <summary>Checks whether the network takes a scaling.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    internal virtual void Validate(PixelScaling given)
    {
    }

    /// <summary>Names, types and shapes of the saved weights, without memory for them: a file is checked against them before any is taken.</summary>
    internal IEnumerable<(string Name, ScalarType Type, long[] Shape)> WeightShapes(ImageShape shape, int classCount)
    {
        foreach (var weight in Sketched(shape, classCount)) // not before somebody asks
            yield return weight;
    }

    /// <summary>A number of saved weights below which no such network is, told from the options alone: a file with fewer is refused without even a sketch of the network.</summary>
    internal virtual int FewestWeights => 0;

    private (string, ScalarType, long[])[] Sketched(ImageShape shape, int classCount)
    {
        using var sketch = Sketch(shape, classCount);
        using var scope = NewDisposeScope();
        var weights = sketch.state_dict();
        foreach (var (name, weight) in weights)
            if (!weight.is_meta)
                throw new InvalidOperationException($"{GetType().Name}: '{name}' was made on {weight.device}, expected the device that the network is made for: pass {nameof(NetworkContext)}.{nameof(NetworkContext.Device)} to its layer.");
            else if (weight.dtype is not (ScalarType.Float32 or ScalarType.Int64))
                throw new InvalidOperationException($"{GetType().Name}: '{name}' is {weight.dtype}, expected {ScalarType.Float32}, or {ScalarType.Int64} for a counter.");
        return [.. weights.Select(w => (w.Key, w.Value.dtype, w.Value.shape))];
    }

    /// <summary>Whether batch norm's running averages are among the weights.</summary>
    internal bool HasBatchNorm(ImageShape shape)
    {
        using var sketch = Sketch(shape, 2);
        return sketch.HasBatchNorm;
    }

    /// <summary>A network on a device, whose weights are any.</summary>
    internal Backbone Bare(ImageShape shape, int classCount, Device device) => Make(new NetworkContext(shape, classCount, 0, device), _ => { });

    private Backbone Sketch(ImageShape shape, int classCount)
    {
        Libtorch.EnsureLoaded(); // before TorchSharp's first use
        return Make(new NetworkContext(shape, classCount, 0, META), _ => { });
    }

    private Backbone Make(NetworkContext context, Action<Backbone> initialize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context.ClassCount, 2);
        Validate(context.Shape);
        using var on = Autograd.On();
        using var scope = NewDisposeScope(); // TorchSharp's layers leave handles to their weights behind
        var network = Build(context);
        try
        {
            network.RegisterWeights();
            Require(ReferenceEquals(network.Options, this), "the network has other options, expected those that made it: pass this to its constructor");
            var last = network.Classifier;
            Require(network.modules().Contains(last), $"{nameof(Backbone.Classifier)} is none of the network's layers, expected a field of it");
            Require(last.out_features == context.ClassCount && last.bias is not null, $"{nameof(Backbone.Classifier)} gives {last.out_features} values {(last.bias is null ? "without" : "with")} a bias, expected {context.ClassCount} with one");
            initialize(network);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }

        void Require(bool valid, string problem)
        {
            if (!valid)
                throw new InvalidOperationException($"{GetType().Name}: {problem}.");
        }
    }
}
