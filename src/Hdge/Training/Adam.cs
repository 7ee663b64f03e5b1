using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) with β = (0.9, 0.999 unless told otherwise), ε = 1e-8, as in PyTorch: m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², and the weight moves by
/// −η/(1 − β₁ᵗ) · m/(√v/√(1 − β₂ᵗ) + ε). Weight decay λ is added to the gradient, or decoupled (AdamW, Loshchilov and Hutter 2019, algorithm 2) takes η·λ of the weight itself.
/// </summary>
internal sealed class Adam(IReadOnlyList<ParameterGroup> groups, double weightDecay = 0, bool decoupled = false, double beta2 = 0.999) : Optimizer(groups, weightDecay, ["exp_avg", "exp_avg_sq"], counts: true)
{
    private const double Beta1 = 0.9, Epsilon = 1e-8;

    private readonly HeldScalar _beta1 = new(Beta1), _beta2 = new(beta2), _new1 = new(1 - Beta1), _new2 = new(1 - beta2), _epsilon = new(Epsilon);
    private HeldScalar? _decay, _size, _correction; // no decay where λ is 0
    private double _rate;
    private long _step; // that _size and _correction are for

    public override void Dispose()
    {
        base.Dispose();
        Release();
        foreach (var held in new[] { _beta1, _beta2, _new1, _new2, _epsilon })
            held.Dispose();
    }

    protected override void Begin(double rate, double decay)
    {
        Release();
        _decay = decay == 0 ? null : new HeldScalar(decoupled ? 1 - rate * decay : decay);
        (_rate, _step) = (rate, 0);
    }

    protected override void Update(WeightMemory memory, Tensor gradient)
    {
        Tensor mean = memory.First!, square = memory.Second!;
        Correct(memory.Count());
        if (decoupled && _decay is not null)
            memory.Weight.ScaleInPlace(_decay);
        using var decayed = _decay is not null && !decoupled ? gradient.Plus(memory.Weight, _decay) : null;
        var direction = decayed ?? gradient;
        mean.ScaleInPlace(_beta1).AddInPlace(direction, _new1);
        square.ScaleInPlace(_beta2).AddProductInPlace(direction, direction, _new2);
        using var deviation = square.sqrt();
        memory.Weight.AddQuotientInPlace(mean, deviation.DivideInPlace(_correction!).AddInPlace(_epsilon), _size!);
    }

    /// <summary>The step size without the averages' pull to their start at 0; most weights of a group are at the same step.</summary>
    private void Correct(long step)
    {
        if (step == _step)
            return;
        _size?.Dispose();
        _correction?.Dispose();
        _size = new HeldScalar(-(_rate / (1 - Math.Pow(Beta1, step))));
        _correction = new HeldScalar(Math.Sqrt(1 - Math.Pow(beta2, step)));
        _step = step;
    }

    private void Release()
    {
        _decay?.Dispose();
        _size?.Dispose();
        _correction?.Dispose();
        (_decay, _size, _correction) = (null, null, null);
    }
}
