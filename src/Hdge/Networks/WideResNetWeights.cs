using Hdge.Data;

namespace Hdge.Networks;

/// <summary>Names and shapes of a <see cref="WideResNet"/>'s saved weights.</summary>
internal static class WideResNetWeights
{
    public static IEnumerable<(string Name, long[] Shape)> Of(ImageShape shape, int classCount, WideResNetOptions options)
    {
        options.Validate(shape);
        var all = Convolution("conv1", shape.Channels, 16, 3);
        int from = 16;
        for (int stage = 1; stage <= 3; stage++)
        {
            int to = 8 * options.Width << stage;
            for (int block = 0; block < options.BlocksPerStage; block++, from = to)
            {
                string name = $"layer{stage}.{block}";
                all = all.Concat(Norm($"{name}.bn1", from)).Concat(Norm($"{name}.bn2", to));
                all = all.Concat(Convolution($"{name}.conv1", from, to, 3)).Concat(Convolution($"{name}.conv2", to, to, 3));
                if (from != to || (block == 0 && stage > 1))
                    all = all.Concat(Convolution($"{name}.shortcut", from, to, 1));
            }
        }
        return all.Concat(Norm("bn1", from)).Concat([("linear.weight", [classCount, from]), ("linear.bias", [classCount])]);

        IEnumerable<(string, long[])> Norm(string name, int channels) => NormalizationLayer.Weights(options.Normalization, name, channels);
    }

    private static IEnumerable<(string, long[])> Convolution(string name, int from, int to, int kernel) =>
        [($"{name}.weight", [to, from, kernel, kernel]), ($"{name}.bias", [to])];
}
