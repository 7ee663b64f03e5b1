using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Stochastic gradient descent as in PyTorch: with g the gradient plus λ·weight, the momentum m ← μ·m + g, and the weight moves by −η·m, or with Nesterov's
/// momentum (Sutskever et al. 2013) by −η·(g + μ·m).
/// </summary>
internal sealed class Sgd(IReadOnlyList<ParameterGroup> groups, double weightDecay = 0, double momentum = 0, bool nesterov = false)
    : Optimizer(groups, weightDecay, momentum != 0 ? ["momentum"] : [], counts: false)
{
    private readonly HeldScalar _momentum = new(momentum);
    private HeldScalar? _decay, _rate; // no decay where λ is 0

    public override void Dispose()
    {
        base.Dispose();
        Release();
        _momentum.Dispose();
    }

    protected override void Begin(double rate, double decay)
    {
        Release();
        _decay = decay != 0 ? new HeldScalar(decay) : null;
        _rate = new HeldScalar(-rate);
    }

    protected override void Update(WeightMemory memory, Tensor gradient)
    {
        using var decayed = _decay is not null ? gradient.Plus(memory.Weight, _decay) : null;
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
