using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Scores an image as the mean of it and its mirror image: the features are averaged, and the last layer is linear, so the logits are, too.</summary>
/// <param name="inner">The network, which becomes this one's where <paramref name="owns"/> says so.</param>
/// <param name="owns">Whether it is disposed of with this.</param>
internal sealed class MirrorMean(Backbone inner, bool owns) : Backbone(inner.Options, new NetworkContext(inner.InputShape, inner.ClassCount, 0, CPU))
{
    private static readonly HeldScalar s_half = new(0.5);

    public override Linear Classifier => inner.Classifier;

    public override Tensor Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        return inner.Features(input).Plus(inner.Features(input.flip(3))).Times(s_half).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && owns)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
