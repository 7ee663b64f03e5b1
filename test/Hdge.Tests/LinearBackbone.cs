using Hdge.Networks;

namespace Hdge.Tests;

/// <summary>A network whose features are the pixels and whose logits are linear in them: everything about it is known in closed form.</summary>
internal sealed class LinearBackbone : Backbone
{
    private readonly TorchSharp.Modules.Linear _linear;

    /// <summary>Logits = weights · network input + bias.</summary>
    /// <param name="shape">Shape of the images.</param>
    /// <param name="weights">One row a class.</param>
    /// <param name="bias">One value a class.</param>
    public LinearBackbone(ImageShape shape, float[][] weights, float[] bias) : base(new Kind(), new NetworkContext(shape, weights.Length, 0, CPU))
    {
        _linear = nn.Linear(shape.Length, weights.Length);
        RegisterComponents();
        using var off = no_grad();
        using var values = tensor(weights.SelectMany(row => row).ToArray(), [weights.Length, shape.Length]);
        using var shifts = tensor(bias);
        _linear.weight!.copy_(values);
        _linear.bias!.copy_(shifts);
    }

    public TorchSharp.Modules.Parameter Weight => _linear.weight!;

    public override TorchSharp.Modules.Linear Classifier => _linear;

    public override Tensor Features(Tensor input) => input.flatten(1);

    private sealed record Kind : NetworkOptions
    {
        public override void Validate(ImageShape shape)
        {
        }

        protected override Backbone Build(NetworkContext context) => throw new NotSupportedException();
    }
}
