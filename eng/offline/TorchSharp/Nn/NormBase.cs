using TorchSharp.Utils;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>What batch and instance normalisation share. (0.102 has no such class: do not name it.)</summary>
public abstract class NormBase : Module<torch.Tensor, torch.Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter? ownWeight;

    [ComponentName(Name = "bias")]
    private Parameter? ownBias;

    [ComponentName(Name = "running_mean")]
    private torch.Tensor? runningMean;

    [ComponentName(Name = "running_var")]
    private torch.Tensor? runningVar;

    [ComponentName(Name = "num_batches_tracked")]
    private torch.Tensor? batchesTracked;

    private protected NormBase(string name, long features, double eps, double momentum, bool affine, bool track, torch.Device? device, torch.ScalarType? dtype)
        : base(name)
    {
        Features = features;
        Epsilon = eps;
        Momentum = momentum;
        Tracks = track;
        if (affine)
        {
            weight = Parameter(torch.ones(features, dtype, device));
            bias = Parameter(torch.zeros(features, dtype, device));
        }
        if (!track) return;
        running_mean = torch.zeros(features, dtype, device);
        running_var = torch.ones(features, dtype, device);
        num_batches_tracked = torch.tensor(0L, dtype, device);
    }

    public Parameter weight
    {
        get => ownWeight!;
        set => SetParameter("weight", ref ownWeight, value ?? throw new ArgumentNullException(nameof(value)));
    }

    public Parameter? bias
    {
        get => ownBias;
        set => SetParameter("bias", ref ownBias, value);
    }

    public torch.Tensor? running_mean
    {
        get => runningMean;
        set => SetBuffer("running_mean", ref runningMean, value);
    }

    public torch.Tensor? running_var
    {
        get => runningVar;
        set => SetBuffer("running_var", ref runningVar, value);
    }

    public torch.Tensor? num_batches_tracked
    {
        get => batchesTracked;
        set => SetBuffer("num_batches_tracked", ref batchesTracked, value);
    }

    private protected long Features { get; }

    private protected double Epsilon { get; }

    private protected double Momentum { get; }

    private protected bool Tracks { get; }

    public void reset_running_stats()
    {
        if (!Tracks) return;
        init.zeros_(running_mean!);
        init.ones_(running_var!);
        init.zeros_(num_batches_tracked!);
    }
}
