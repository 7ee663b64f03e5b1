using Hdge.Networks;

namespace Hdge.Tests;

/// <summary>
/// A network whose energy is a known quadratic: f(x)[y] = −‖x − m_y‖² / (2s²), so q(x|y) is a normal distribution with mean m_y (the same for every value) and deviation s.
/// </summary>
internal sealed class QuadraticNetwork(ImageShape shape, double deviation, params double[] means) : Backbone(nameof(QuadraticNetwork), shape, means.Length)
{
    /// <summary>Times that images went through.</summary>
    public int Passes { get; private set; }

    /// <summary>Passes in evaluation mode.</summary>
    public int EvaluationPasses { get; private set; }

    public override int FeatureLength => InputShape.Length;

    public override NetworkOptions Options => new WideResNetOptions { Normalization = Normalization.None };

    public override Tensor Features(Tensor input)
    {
        Passes++;
        EvaluationPasses += training ? 0 : 1;
        return input.reshape(input.shape[0], FeatureLength);
    }

    public override Tensor Head(Tensor features) =>
        stack([.. means.Select(mean => (features - mean).pow(2).sum(dim: 1) * (-1 / (2 * deviation * deviation)))], 1);
}
