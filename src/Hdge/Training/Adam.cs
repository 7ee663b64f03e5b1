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

    public override void Dispose()
    {
        base.Dispose();
        foreach (var held in new[] { _beta1, _beta2, _new1, _new2, _epsilon })
            held.Dispose();
    }

    protected override void Update(WeightRun run, double rate, double decay)
    {
        Tensor mean = run.Memories[0], square = run.Memories[1];
        // The averages begin at 0: step size and correction take out what that pulls them down.
        using var size = new HeldScalar(-(rate / (1 - Math.Pow(Beta1, run.Step))));
        using var correction = new HeldScalar(Math.Sqrt(1 - Math.Pow(beta2, run.Step)));
        using var shrink = decay != 0 ? new HeldScalar(decoupled ? 1 - rate * decay : decay) : null;
        if (decoupled && shrink is not null)
            run.Weights.ScaleInPlace(shrink);
        using var decayed = shrink is not null && !decoupled ? run.Gradients.Plus(run.Weights, shrink) : null;
        var direction = decayed ?? run.Gradients;
        mean.ScaleInPlace(_beta1).AddInPlace(direction, _new1);
        square.ScaleInPlace(_beta2).AddProductInPlace(direction, direction, _new2);
        using var deviation = square.sqrt();
        run.Weights.AddQuotientInPlace(mean, deviation.DivideInPlace(correction).AddInPlace(_epsilon), size);
    }
}
