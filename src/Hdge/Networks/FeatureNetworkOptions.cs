using Hdge.Data;

namespace Hdge.Networks;

/// <summary>
/// A network for vectors of features that are no images: embeddings of text, columns of a table, what another network made of an image. Hidden layers, each linear → normalisation →
/// leaky ReLU (0.2) → dropout, then the classifier. Its <see cref="ImageShape"/> is <see cref="ImageShape.Vector"/>.
/// </summary>
public sealed record FeatureNetworkOptions : NetworkOptions
{
    private const int MostLayers = 100, MostUnits = 65_536;

    /// <summary>Outputs of each hidden layer, first to last. Default one of 128; empty for a linear model. At most 100 layers of 1..65,536.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128];

    /// <summary>What stands behind each hidden layer: <see cref="Normalization.None"/>, <see cref="Normalization.Batch"/> (default) a unit each, or <see cref="Normalization.Layer"/> over a row's units.</summary>
    public Normalization Normalization { get; init; } = Normalization.Batch;

    /// <summary>Probability with which dropout behind each hidden layer zeroes a value in training. Default 0, range [0, 1).</summary>
    public double DropoutRate { get; init; }

    /// <summary>How the input is scaled. Default <see cref="FeatureScaling.Standardize"/>.</summary>
    public FeatureScaling Scaling { get; init; }

    /// <inheritdoc/>
    public override bool TakesFeatures => true;

    internal override int FewestWeights => 2 * (Hidden?.Count ?? 0) + 2;

    /// <inheritdoc/>
    protected override Backbone Build(NetworkContext context) => new FeatureNetwork(this, context);

    /// <summary>Checks the values for vectors of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or the shape is not <see cref="ImageShape.Vector"/>.</exception>
    public override void Validate(ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(Hidden);
        Argument.Require(Hidden.Count <= MostLayers, Hidden.Count, $"at most {MostLayers} layers", nameof(Hidden));
        foreach (int units in Hidden)
            Argument.Require(units is >= 1 and <= MostUnits, units, $"layers of 1..{MostUnits} units", nameof(Hidden));
        Argument.Require(Normalization is Normalization.None or Normalization.Batch or Normalization.Layer, Normalization, "None, Batch or Layer");
        if (Normalization == Normalization.Layer && Hidden.Contains(1))
            throw new ArgumentException($"{nameof(Hidden)} has a layer of 1 unit, expected at least 2 with {nameof(Normalization)}.{nameof(Normalization.Layer)}: normalised by itself it would always be 0.");
        Argument.Require(DropoutRate >= 0 && DropoutRate < 1, DropoutRate, "[0, 1)");
        Argument.Require(Enum.IsDefined(Scaling), Scaling, "Standardize, None or AsGiven");
        Argument.Require(shape.IsVector, shape, "vectors for a network that takes features: ImageShape.Vector(length), whose height and width are 1");
    }

    internal override void Validate(PixelScaling given)
    {
        var usual = new PixelScaling();
        if (Scaling != FeatureScaling.AsGiven && !(given.Mean.SequenceEqual(usual.Mean) && given.StandardDeviation.SequenceEqual(usual.StandardDeviation)))
            throw new ArgumentException($"{nameof(PixelScaling.Mean)} or {nameof(PixelScaling.StandardDeviation)} is given, but {nameof(FeatureNetworkOptions)}.{nameof(Scaling)} is {Scaling}, expected {FeatureScaling.AsGiven}, or neither.");
    }

    internal override PixelScaling ScalingFor(ImageSet train, PixelScaling given) => Scaling switch
    {
        FeatureScaling.Standardize => Standardization.Of(train, given),
        FeatureScaling.None => given with { Mean = [0], StandardDeviation = [1] },
        _ => given,
    };

    /// <summary>For example <c>linear 128-64 (batch norm)</c>.</summary>
    public override string ToString()
    {
        string norm = Normalization == Normalization.None ? "no" : $"{Normalization}".ToLowerInvariant();
        return Hidden.Count == 0 ? "linear classifier"
            : FormattableString.Invariant($"linear {string.Join('-', Hidden)} ({norm} norm{(DropoutRate > 0 ? FormattableString.Invariant($", dropout {DropoutRate}") : "")})");
    }
}
