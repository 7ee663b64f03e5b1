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

    public override void Dispose()
    {
        base.Dispose();
        _momentum.Dispose();
    }

    protected override void Update(WeightRun run, double rate, double decay)
    {
        using var minusRate = new HeldScalar(-rate);
        using var lambda = decay != 0 ? new HeldScalar(decay) : null;
        using var decayed = lambda is not null ? run.Gradients.Plus(run.Weights, lambda) : null;
        var direction = decayed ?? run.Gradients;
        var moment = run.Memories.Count > 0 ? run.Memories[0] : null;
        moment?.ScaleInPlace(_momentum).AddInPlace(direction);
        using var ahead = moment is not null && nesterov ? direction.Plus(moment, _momentum) : null;
        run.Weights.AddInPlace(ahead ?? moment ?? direction, minusRate);
    }
}
