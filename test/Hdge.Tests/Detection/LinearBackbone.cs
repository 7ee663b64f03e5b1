using Hdge.Networks;

namespace Hdge.Tests.Detection;

/// <summary>A network that a test can work out by hand: the features are the pixels, times a factor, and the logits f(x) = z·W + b.</summary>
internal sealed class LinearBackbone : Backbone
{
    private readonly TorchSharp.Modules.Linear _linear;
    private readonly float _factor;

    public LinearBackbone(ImageShape shape, int classCount, int seed, float factor = 1) : base(new WideResNetOptions(), new NetworkContext(shape, classCount, 0, CPU))
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
        using var weight = tensor(Weight);
        _linear = nn.Linear(nn.Parameter(weight.t().contiguous()), nn.Parameter(tensor(Bias)));
        _factor = factor;
        RegisterComponents();
    }

    public float[,] Weight { get; }

    public float[] Bias { get; }

    public override TorchSharp.Modules.Linear Classifier => _linear;

    public override Tensor Features(Tensor input) => input.flatten(1).mul(_factor);

    /// <summary>The logits of features in double precision.</summary>
    public double[] Logits(double[] z) => [.. Enumerable.Range(0, ClassCount).Select(c => Bias[c] + z.Select((v, i) => v * (double)Weight[i, c]).Sum())];
}
