using Hdge.Data;
using Hdge.Distributed;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Robustness;

/// <summary>
/// Projected gradient descent on one batch (Madry et al. 2018, equation 4, and its L2 form). What is raised is m = log Σ_{j≠y} e^{f_j} − f_y: cross-entropy is
/// log(1 + e^m), so its gradient has the same direction, but does not vanish in single precision where the network is sure. The network stays in the mode it is
/// in; the gradients of its weights are left alone.
/// </summary>
internal sealed class PgdAttack(Backbone network, PixelScaling scaling, PgdOptions options)
{
    /// <summary>Of a batch that processes share only this one's images pass here, and what is found is right for these alone. Default null: all do.</summary>
    public Shard? Shard { get; init; }

    /// <summary>What was found, one entry an image; the tensors belong to the caller's dispose scope.</summary>
    /// <param name="Images">Pixel values of highest loss, shape [N, channels, height, width].</param>
    /// <param name="CleanLoss">Cross-entropy before, shape [N].</param>
    /// <param name="Loss">Cross-entropy after, shape [N].</param>
    /// <param name="Distance">Smallest distance that broke the classification, shape [N]; +∞ for none.</param>
    public sealed record Found(Tensor Images, Tensor CleanLoss, Tensor Loss, Tensor Distance);

    private readonly (float Multiplier, float Offset)[] _input = [.. Enumerable.Range(0, network.InputShape.Channels).Select(scaling.ForUnitSingles)];

    /// <summary>Attacks images.</summary>
    /// <param name="pixels">Pixel values, shape [N, channels, height, width].</param>
    /// <param name="classes">The classes to leave, or with <paramref name="targeted"/> to reach, shape [N].</param>
    /// <param name="targeted">Lowers the loss of the given classes instead of raising it.</param>
    /// <param name="seed">Seed of the random starts.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    public Found Run(Tensor pixels, Tensor classes, bool targeted, int seed, CancellationToken cancellationToken)
    {
        using var on = enable_grad();
        using var frozen = new FrozenWeights(network);
        using var scope = NewDisposeScope();
        var center = pixels.detach();
        var ball = new PerturbationBall(center, options);
        var given = nn.functional.one_hot(classes, network.ClassCount).to(ScalarType.Bool);
        var best = center.clone();
        var highest = TensorNumbers.Filled([center.shape[0]], double.NegativeInfinity, center.dtype, center.device);
        var distance = highest.FilledLike(double.PositiveInfinity);
        Judge(center, wantsGradient: false);
        var clean = highest.clone();
        for (int restart = 0; restart < options.Restarts && options.Epsilon > 0; restart++)
        {
            using var generator = new Generator((ulong)Seeds.Mix(seed, restart));
            using var inner = NewDisposeScope();
            var at = options.RandomStart ? ball.Random(generator) : center.clone();
            for (int step = 0; step < options.Steps; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var one = NewDisposeScope();
                at.copy_(ball.Ascend(at, Judge(at, wantsGradient: true)!));
            }
            Judge(at, wantsGradient: false);
        }
        return new Found(best.MoveToOuterDisposeScope(), Loss(clean), Loss(highest), distance.MoveToOuterDisposeScope());

        Tensor Loss(Tensor raised) => (-nn.functional.logsigmoid(targeted ? raised : -raised)).MoveToOuterDisposeScope();

        // Takes the images where they are better than the best so far; answers the gradient with respect to the pixels.
        Tensor? Judge(Tensor images, bool wantsGradient)
        {
            var leaf = images.detach().requires_grad_(wantsGradient);
            using var mode = enable_grad(wantsGradient);
            var logits = Shard is { } shard ? network.Head(shard.Pass(ToInput(leaf), network.Features)) : network.call(ToInput(leaf));
            var margin = logits.Masked(given, double.NegativeInfinity).logsumexp(1) - logits.gather(1, classes.unsqueeze(1)).squeeze(1);
            var raised = targeted ? -margin : margin;
            var gradient = wantsGradient ? autograd.grad([raised.sum()], [leaf])[0] : null;
            using var off = no_grad();
            var better = raised.gt(highest);
            best.copy_(torch.where(better.view(-1, 1, 1, 1), images, best));
            highest.copy_(torch.where(better, raised, highest));
            var reached = logits.argmax(1).eq(classes);
            distance.copy_(torch.where(targeted ? reached : reached.logical_not(), ball.Distance(images).minimum(distance), distance));
            return gradient;
        }
    }

    /// <summary>Network input of pixel values.</summary>
    public Tensor ToInput(Tensor pixels) => (pixels * Channels(pixels, c => c.Multiplier)).Plus(Channels(pixels, c => c.Offset));

    /// <summary>Pixel values of network input.</summary>
    public Tensor ToPixels(Tensor input) => (input - Channels(input, c => c.Offset)) / Channels(input, c => c.Multiplier);

    private Tensor Channels(Tensor like, Func<(float Multiplier, float Offset), float> value) =>
        tensor(_input.Select(value).ToArray(), [1, _input.Length, 1, 1], dtype: like.dtype, device: like.device);
}
