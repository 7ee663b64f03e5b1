using Hdge.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.MLNet.Tests.Extending;

/// <summary>Cross-entropy plus λ/2 · ‖z − c_y‖² with a trained centre for each class's features z (Wen et al. 2016, equation 5).</summary>
public sealed record CenterOptions : ObjectiveOptions
{
    /// <summary>λ. Finite and above 0. Default 0.1.</summary>
    public double Weight { get; init; } = 0.1;

    protected override TargetKinds Takes => TargetKinds.All; // weights, mixed images and label smoothing: see Compute

    public override void Validate()
    {
        if (!(Weight > 0 && double.IsFinite(Weight)))
            throw new ArgumentOutOfRangeException(nameof(Weight), FormattableString.Invariant($"{nameof(Weight)} is {Weight}, expected a finite number above 0."));
    }

    public override IObjective Create(ObjectiveContext context) => new CenterObjective(context, Weight);
}

internal sealed class CenterObjective : IObjective
{
    private readonly Parameter _centers;
    private readonly Scalar _half; // held: a number given to an operator directly may be freed while native code still reads it

    public CenterObjective(ObjectiveContext context, double weight)
    {
        _centers = nn.Parameter(zeros(context.Network.ClassCount, context.Network.FeatureLength, dtype: float32, device: context.Device));
        _half = weight / 2;
    }

    public IEnumerable<Parameter> Parameters => [_centers]; // trained with the network's, thrown away afterwards

    public ObjectiveTerms Compute(TrainingStep batch)
    {
        var (features, logits) = (batch.Features, batch.Logits); // outside the scope: they must live until the backward pass
        using var scope = NewDisposeScope();
        var (trained, reported) = batch.Targets.CrossEntropy(logits);
        var distance = batch.Targets.Mean(labels => (features - _centers.index_select(0, labels)).square().sum(1));
        return new ObjectiveTerms((trained + distance.mul(_half)).MoveToOuterDisposeScope(), reported.MoveToOuterDisposeScope());
    }

    public IEnumerable<KeyValuePair<string, Tensor>> State() => [new("centers", _centers.detach())]; // for checkpoints

    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        using var off = no_grad();
        _centers.copy_(state.GetValueOrDefault("centers") ?? throw new InvalidDataException("The saved state has no centers."));
    }

    public void Dispose()
    {
        _centers.Dispose();
        _half.Dispose();
    }
}
