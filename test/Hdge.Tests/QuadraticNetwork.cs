using Hdge.Networks;

namespace Hdge.Tests;

/// <summary>
/// A network whose energy is a known quadratic: f(x)[y] = −‖x − m_y‖² / (2s²), so q(x|y) is a normal distribution with mean m_y (the same for every value) and deviation s.
/// It is linear in the features (x, ‖x‖²).
/// </summary>
internal sealed class QuadraticNetwork : Backbone
{
    private readonly TorchSharp.Modules.Linear _linear;

    public QuadraticNetwork(ImageShape shape, double deviation, params double[] means)
        : base(new WideResNetOptions { Normalization = Normalization.None }, new NetworkContext(shape, means.Length, 0, CPU))
    {
        double precision = 1 / (deviation * deviation);
        float[] weights = [.. means.SelectMany(mean => Enumerable.Repeat((float)(mean * precision), shape.Length).Append((float)(-precision / 2)))];
        float[] bias = [.. means.Select(mean => (float)(-shape.Length * mean * mean * precision / 2))];
        _linear = nn.Linear(nn.Parameter(tensor(weights, [means.Length, shape.Length + 1])), nn.Parameter(tensor(bias)));
        RegisterComponents();
    }

    /// <summary>Times that images went through.</summary>
    public int Passes { get; private set; }

    /// <summary>Passes in evaluation mode.</summary>
    public int EvaluationPasses { get; private set; }

    public override TorchSharp.Modules.Linear Classifier => _linear;

    public override Tensor Features(Tensor input)
    {
        Passes++;
        EvaluationPasses += training ? 0 : 1;
        var values = input.flatten(1);
        return cat([values, values.pow(2).sum(1, keepdim: true)], 1);
    }
}
