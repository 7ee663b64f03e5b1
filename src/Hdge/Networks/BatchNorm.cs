using Hdge.Distributed;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Batch normalisation of [N, channels, height, width] or [N, channels] (Ioffe and Szegedy 2015) with a scale and a shift a channel; in evaluation mode by the running averages. Names and
/// numbers are those of TorchSharp's <c>BatchNorm2d</c>, whose counter is raised by a number that nothing holds (<see cref="HeldScalar"/>).
/// </summary>
public sealed class BatchNorm : nn.Module<Tensor, Tensor>
{
#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;
    private readonly Tensor num_batches_tracked;
#pragma warning restore IDE1006
    private readonly double _momentum, _epsilon;

    /// <summary>The layer: scale 1, shift 0, running mean 0, running variance 1.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="device">Where its weights are made: that of the <see cref="NetworkContext"/>.</param>
    /// <param name="momentum">Share of the newest batch in the running averages, (0, 1]. Default 0.1.</param>
    /// <param name="epsilon">Added to the variance. Default 1e-5.</param>
    public BatchNorm(int channels, Device device, double momentum = 0.1, double epsilon = 1e-5) : base(nameof(BatchNorm))
    {
        (_momentum, _epsilon) = (momentum, epsilon);
        weight = nn.Parameter(ones(channels, dtype: float32, device: device));
        bias = nn.Parameter(zeros(channels, dtype: float32, device: device));
        running_mean = zeros(channels, dtype: float32, device: device);
        running_var = ones(channels, dtype: float32, device: device);
        num_batches_tracked = zeros([], dtype: int64, device: device);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (training)
            num_batches_tracked.CountInPlace();
        if (training && Shard.Passing is { } shard)
            return OfAllRanks(input, shard.Collective);
        bool ofBatch = training && input.numel() > input.shape[1]; // one value a channel, a last batch of one vector, has no variance: the running averages stand in
        if (ofBatch || !is_grad_enabled())
            return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, ofBatch, _momentum, _epsilon);
        using var scope = NewDisposeScope(); // the way back needs the averages as they are now, and another pass may come before it
        return nn.functional.batch_norm(input, running_mean.clone(), running_var.clone(), weight, bias, training: false, eps: _epsilon).MoveToOuterDisposeScope();
    }

    /// <summary>The same, where the batch is shared among processes.</summary>
    private Tensor OfAllRanks(Tensor input, ICollective ranks)
    {
        using var scope = NewDisposeScope();
        var (count, mean, variance) = SynchronizedNorm.Statistics(input, ranks);
        if (count < 2)
            return nn.functional.batch_norm(input, running_mean.clone(), running_var.clone(), weight, bias, training: false, eps: _epsilon).MoveToOuterDisposeScope();
        using (no_grad())
        {
            using var keep = new HeldScalar(1 - _momentum);
            running_mean.ScaleInPlace(keep).AddInPlace(mean.to(float32), _momentum);
            running_var.ScaleInPlace(keep).AddInPlace(variance.Times(count / (count - 1)).to(float32), _momentum);
        }
        return SynchronizedNorm.apply(input, weight, bias, mean.to(float32), variance.to(float32), _epsilon, count, ranks).MoveToOuterDisposeScope();
    }

    /// <summary>Makes the convolution before it do its work, as in evaluation mode: w·γ/√(σ² + ε) and (b − μ)·γ/√(σ² + ε) + β. It is not to be run after that.</summary>
    internal void FoldInto(Conv2d convolution)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var scale = weight * running_var.Plus(_epsilon).rsqrt();
        var shift = bias - running_mean * scale;
        if (convolution.bias is { } before)
            shift = shift.Plus(before * scale);
        convolution.weight = nn.Parameter(convolution.weight.detach() * scale.view(-1, 1, 1, 1), requires_grad: false);
        convolution.bias = nn.Parameter(shift, requires_grad: false);
    }

    /// <summary>Makes the output 0, whatever the input.</summary>
    internal void ZeroScale()
    {
        using var off = no_grad();
        weight.FillInPlace(0);
    }
}
