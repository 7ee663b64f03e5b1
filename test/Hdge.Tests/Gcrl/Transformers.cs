using Hdge.Networks;
using Hdge.Objectives;

namespace Hdge.Tests.Gcrl;

/// <summary>Small pixel transformers whose weights, the output's too, are random.</summary>
internal static class Transformers
{
    public static PixelTransformer Random(int height, int width, PixelTransformerOptions options, ScalarType? type = null, IReadOnlyList<AttentionPattern>? patterns = null, int seed = 1)
    {
        var network = new PixelTransformer(options, new NetworkContext(new ImageShape(1, height, width), 2, 0, CPU), patterns);
        network.RegisterWeights();
        network.Initialize(seed);
        using var off = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var weight in network.parameters())
            weight.normal_(0, 0.4, generator);
        network.to(type ?? float64);
        return network;
    }

    public static Tensor Logits(PixelTransformer network, Tensor colors)
    {
        using var off = no_grad();
        return network.Decode(network.Encode(colors));
    }

    public static double[] LogLikelihood(PixelTransformer network, Tensor colors, int first)
    {
        using var scope = NewDisposeScope();
        return PixelLikelihood.Of(Logits(network, colors), colors, first).data<double>().ToArray();
    }
}
