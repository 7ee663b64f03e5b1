using Hdge.Data;

namespace Hdge.Networks;

/// <summary>Names and shapes of a <see cref="ResNet50"/>'s saved weights.</summary>
internal static class ResNet50Weights
{
    public static IEnumerable<(string Name, long[] Shape)> Of(ImageShape shape, int classCount, ResNet50Options options)
    {
        options.Validate(shape);
        var all = Convolution("conv1", "bn1", shape.Channels, 64, 3);
        int from = 64;
        for (int stage = 0; stage < ResNet50.Stages.Length; stage++)
        {
            var (blocks, width, _) = ResNet50.Stages[stage];
            int to = width * BottleneckBlock.Expansion;
            for (int block = 0; block < blocks; block++, from = to)
            {
                string name = $"layer{stage + 1}.{block}";
                all = all.Concat(Convolution($"{name}.conv1", $"{name}.bn1", from, width, 1))
                    .Concat(Convolution($"{name}.conv2", $"{name}.bn2", width, width, 3))
                    .Concat(Convolution($"{name}.conv3", $"{name}.bn3", width, to, 1));
                if (block == 0) // every stage changes the number of channels
                    all = all.Concat(Convolution($"{name}.shortcut.0", $"{name}.shortcut.1", from, to, 1));
            }
        }
        return all.Concat([("linear.weight", [classCount, from]), ("linear.bias", [classCount])]);
    }

    /// <summary>A convolution without bias and the batch norm behind it.</summary>
    private static IEnumerable<(string Name, long[] Shape)> Convolution(string name, string norm, int from, int to, int kernel) =>
        NormalizationLayer.Weights(Normalization.Batch, norm, to).Prepend(($"{name}.weight", [to, from, kernel, kernel]));
}
