using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Stochastic gradient descent as in PyTorch: with g the gradient plus λ·weight, the momentum m ← μ·m + g, and the weight moves by −η·m, or with Nesterov's
/// momentum (Sutskever et al. 2013) by −η·(g + μ·m).
/// </summary>
internal sealed class Sgd(IReadOnlyList<ParameterGroup> groups, double momentum = 0, bool nesterov = false)
    : Optimizer(groups, momentum != 0 ? ["momentum"] : [], counts: false)
{
    private readonly HeldScalar _momentum = new(momentum);
    private HeldScalar? _decay, _rate;

    public override void Dispose()
    {
        base.Dispose();
        Release();
        _momentum.Dispose();
    }

    protected override void Begin(ParameterGroup group)
    {
        Release();
        _decay = new HeldScalar(group.WeightDecay);
        _rate = new HeldScalar(-group.LearningRate);
    }

    protected override void Update(ParameterGroup group, WeightMemory memory, Tensor gradient)
    {
        using var decayed = group.WeightDecay != 0 ? gradient.Plus(memory.Weight, _decay!) : null;
        var direction = decayed ?? gradient;
        memory.First?.ScaleInPlace(_momentum).AddInPlace(direction);
        using var ahead = memory.First is not null && nesterov ? direction.Plus(memory.First, _momentum) : null;
        memory.Weight.AddInPlace(ahead ?? memory.First ?? direction, _rate!);
    }

    private void Release()
    {
        _decay?.Dispose();
        _rate?.Dispose();
    }
}
