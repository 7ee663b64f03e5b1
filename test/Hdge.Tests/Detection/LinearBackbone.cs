using Hdge.Networks;

namespace Hdge.Tests.Detection;

/// <summary>A network that a test can work out by hand: the features are the pixels, times a factor, and the logits f(x) = z·W + b.</summary>
internal sealed class LinearBackbone : Backbone
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly float _factor;

    public LinearBackbone(ImageShape shape, int classCount, int seed, float factor = 1) : base(nameof(LinearBackbone), shape, classCount)
    {
        var random = new Random(seed);
        Weight = new float[shape.Length, classCount];
        Bias = new float[classCount];
        for (int c = 0; c < classCount; c++)
        {
            Bias[c] = random.NextSingle() - 0.5f;
            for (int i = 0; i < shape.Length; i++)
                Weight[i, c] = random.NextSingle() - 0.5f;
        }
        (_weight, _bias, _factor) = (tensor(Weight), tensor(Bias), factor);
    }

    public float[,] Weight { get; }

    public float[] Bias { get; }

    public override int FeatureLength => InputShape.Length;

    public override NetworkOptions Options => throw new NotSupportedException();

    public override Tensor Features(Tensor input) => input.flatten(1).mul(_factor);

    public override Tensor Head(Tensor features) => features.mm(_weight).add(_bias);

    /// <summary>The logits of features in double precision.</summary>
    public double[] Logits(double[] z) => [.. Enumerable.Range(0, ClassCount).Select(c => Bias[c] + z.Select((v, i) => v * (double)Weight[i, c]).Sum())];

    protected override void Dispose(bool disposing)
    {
        _weight.Dispose();
        _bias.Dispose();
        base.Dispose(disposing);
    }
}
