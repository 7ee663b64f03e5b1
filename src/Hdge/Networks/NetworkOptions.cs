using System.Text.Json.Serialization;
using Hdge.Data;

namespace Hdge.Networks;

/// <summary>Kind and size of a network; one record a kind.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "Kind")]
[JsonDerivedType(typeof(WideResNetOptions), "WideResNet")]
[JsonDerivedType(typeof(ResNet50Options), "ResNet50")]
public abstract record NetworkOptions
{
    private protected NetworkOptions()
    {
    }

    /// <summary>A network with its initial weights drawn from <paramref name="seed"/>.</summary>
    /// <param name="shape">Shape of the images.</param>
    /// <param name="classCount">Number of logits, at least 2.</param>
    /// <param name="seed">Seed of the initial weights and of dropout.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public abstract Backbone Create(ImageShape shape, int classCount, int seed = 0);

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public abstract void Validate(ImageShape shape);

    /// <summary>Names and shapes of the saved weights, told without making the network: a file is checked against them before memory is taken. An empty shape is one 64-bit integer.</summary>
    internal abstract IEnumerable<(string Name, long[] Shape)> WeightShapes(ImageShape shape, int classCount);

    /// <summary>Whether batch norm's running averages are among the weights.</summary>
    internal abstract bool HasBatchNorm { get; }
}
