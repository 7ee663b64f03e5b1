using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Distributed;

/// <summary>
/// Batch norm over the images of all ranks: x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β, with μ and σ² of the whole batch. Backwards dx = γ/√(σ² + ε) · (dy − Σdy/M − x̂·Σ(dy·x̂)/M), the sums over all ranks and their M values
/// a channel (Ioffe and Szegedy 2015, section 3); dγ and dβ are this rank's, and are summed with all gradients.
/// </summary>
internal sealed class SynchronizedNorm : autograd.SingleTensorFunction<SynchronizedNorm>
{
    public override string Name => nameof(SynchronizedNorm);

    /// <summary>Number M of values a channel, mean and variance (biased) [C] of the whole batch, in double precision, from each rank's own (Chan, Golub and LeVeque 1979), in the order of the ranks.</summary>
    /// <param name="input">[N, C] or [N, C, height, width]; N may be 0.</param>
    /// <param name="collective">The ranks.</param>
    public static (double Count, Tensor Mean, Tensor Variance) Statistics(Tensor input, ICollective collective)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        long channels = input.shape[1], own = input.numel() / channels;
        var mine = zeros(1, 1 + 2 * channels, dtype: float64, device: input.device);
        if (own > 0)
        {
            var values = input.to(float32);
            var mean = values.mean(Beside(input), keepdim: true);
            using var count = mine.narrow(1, 0, 1).FillInPlace(own);
            mine.narrow(1, 1, channels).copy_(mean.view(1, -1));
            mine.narrow(1, 1 + channels, channels).copy_((values - mean).Squared().mean(Beside(input)).view(1, -1));
        }
        var all = collective.AllGather(mine, [.. Enumerable.Repeat(1L, collective.Size)]);
        var (counts, means, variances) = (all.narrow(1, 0, 1), all.narrow(1, 1, channels), all.narrow(1, 1 + channels, channels));
        var total = counts.sum();
        var together = (means * counts).sum([0L]) / total;
        var spread = (variances.Plus((means - together).Squared()) * counts).sum([0L]) / total;
        return (total.item<double>(), together.MoveToOuterDisposeScope(), spread.MoveToOuterDisposeScope());
    }

    /// <param name="ctx">Keeps what the way back needs.</param>
    /// <param name="vars">Input; γ, β, μ and σ², [C] in single precision; ε, M (double precision), the ranks.</param>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, weight, bias, mean, variance) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor)vars[4]);
        double epsilon = (double)vars[5];
        ctx.save_for_backward([input, weight, mean, variance]);
        ctx.save_data(nameof(epsilon), epsilon);
        ctx.save_data("count", vars[6]);
        ctx.save_data("ranks", vars[7]);
        return nn.functional.batch_norm(input, mean, variance, weight, bias, training: false, eps: epsilon);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (input, weight, mean, variance) = (saved[0], saved[1], saved[2], saved[3]);
        var (epsilon, count, ranks) = ((double)ctx.get_data("epsilon"), (double)ctx.get_data("count"), (ICollective)ctx.get_data("ranks"));
        var inverse = variance.to(float64).Plus(epsilon).rsqrt();
        var given = grad_output.to(float32);
        var centred = input.to(float32) - Channels(mean);
        var own = stack([given.sum(Beside(input), type: float64), (centred * given).sum(Beside(input), type: float64) * inverse]); // Σdy, Σ(dy·x̂)
        var all = own.clone();
        ranks.AllReduce(all);
        var means = all.Over(count);
        var slope = Channels((means[1] * inverse).to(float32));
        var gradient = centred.mul_(-slope).AddInPlace(given).sub_(Channels(means[0].to(float32))).mul_(Channels((weight * inverse).to(float32))).to(input.dtype);
        return [gradient.MoveToOuterDisposeScope(), own[1].to(float32).MoveToOuterDisposeScope(), own[0].to(float32).MoveToOuterDisposeScope(), null!, null!, null!, null!, null!];

        Tensor Channels(Tensor values) => values.view([1, -1, .. Enumerable.Repeat(1L, (int)input.dim() - 2)]);
    }

    /// <summary>All dimensions but the channels'.</summary>
    private static long[] Beside(Tensor x) => x.dim() == 2 ? [0] : [0, 2, 3];
}
