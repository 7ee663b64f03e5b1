using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Robustness;

/// <summary>The images within ε of a batch's images and within the range of an image: starts in it, steps, and the nearest point of it. Tensors are [N, channels, height, width].</summary>
internal sealed class PerturbationBall
{
    private const int Rounds = 8; // of cutting and stretching

    private static readonly long[] s_image = [1, 2, 3];

    private readonly PgdOptions _options;
    private readonly Tensor _center;
    private readonly Tensor _lowest; // of the perturbation
    private readonly Tensor _highest;

    /// <summary>The tensors that it makes belong to the current dispose scope.</summary>
    public PerturbationBall(Tensor center, PgdOptions options)
    {
        (_center, _options) = (center, options);
        // An image outside of the range, by noise for example, may stay where it is.
        (_lowest, _highest) = ((-center).Plus(options.ClipMinimum).AtMost(0), (-center).Plus(options.ClipMaximum).AtLeast(0));
        if (options.Norm == PgdNorm.LInfinity)
            (_lowest, _highest) = (_lowest.AtLeast(-options.Epsilon), _highest.AtMost(options.Epsilon));
    }

    /// <summary>A uniformly random point of the ball, cut to the range.</summary>
    public Tensor Random(Generator generator)
    {
        var noise = empty_like(_center);
        if (_options.Norm == PgdNorm.LInfinity)
            return _center.Plus(Clip(noise.FillUniform(-_options.Epsilon, _options.Epsilon, generator)));
        noise.FillNormal(0, 1, generator);
        long dimension = _center.numel() / _center.shape[0];
        var radius = empty(_center.shape[0], 1, 1, 1, dtype: _center.dtype, device: _center.device).FillUniform(0, 1, generator).Power(1.0 / dimension);
        return _center.Plus(Clip(noise * (radius.Times(_options.Epsilon) / Length(noise))));
    }

    /// <summary>One step of steepest ascent along a gradient, in the norm's sense: the gradient's sign or direction. Where it is 0 nothing moves.</summary>
    public Tensor Ascend(Tensor from, Tensor gradient)
    {
        if (_options.Norm == PgdNorm.LInfinity)
            return Nearest(from.Plus(gradient.sign().Times(_options.Step)));
        var scaled = gradient / gradient.abs().amax(s_image, true).AtLeast(1e-30); // squares of small gradients would underflow
        return Nearest(from.Plus(scaled.Times(_options.Step) / Length(scaled).AtLeast(1)));
    }

    /// <summary>Distance from the centre, shape [N].</summary>
    public Tensor Distance(Tensor images)
    {
        var change = images - _center;
        return _options.Norm == PgdNorm.LInfinity ? change.abs().amax(1, 2, 3) : Length(change).view(-1);
    }

    /// <summary>
    /// The nearest point. In L2, ball and range together: the nearest point is the change scaled by some s ≤ 1 and cut to the range, with s the largest that
    /// stays in the ball. Scaling once and cutting after, as is usual, loses length where the cut bites, so what is not cut is stretched to make up for it:
    /// s² = (ε² − length² of what is cut) / length² of the rest. That never overshoots, for a larger s cuts more.
    /// </summary>
    private Tensor Nearest(Tensor images)
    {
        var change = images - _center;
        if (_options.Norm == PgdNorm.LInfinity)
            return _center.Plus(Clip(change));
        var squares = change * change;
        var scale = Length(change).reciprocal().Times(_options.Epsilon).AtMost(1);
        for (int i = 0; i < Rounds; i++)
        {
            using var scope = NewDisposeScope();
            var scaled = change * scale;
            var cut = Clip(scaled);
            var free = cut.eq(scaled).to(change.dtype);
            var missing = (-(cut * cut * (-free).Plus(1)).sum(s_image, true)).Plus(_options.Epsilon * _options.Epsilon);
            var stretched = (missing.AtLeast(0) / (squares * free).sum(s_image, true).AtLeast(1e-30)).sqrt();
            scale = stretched.maximum(scale).AtMost(1).MoveToOuterDisposeScope();
        }
        return _center.Plus(Clip(change * scale));
    }

    private Tensor Clip(Tensor change) => change.maximum(_lowest).minimum(_highest);

    private static Tensor Length(Tensor change) => (change * change).sum(s_image, true).sqrt();
}
