using Hdge.Data;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Batch norm's running averages after training with noise: they describe noisy images, but images to score come without, which costs a few points of
/// accuracy. One pass over the training images without noise puts them right ("precise" batch norm, Wu and Johnson 2021).
/// </summary>
internal static class RunningAverages
{
    private const int BatchSize = 128;

    public static void Refresh(WideResNet network, ImageSet train, TrainingOptions options, Device device, CancellationToken cancellationToken)
    {
        var clean = options.Augmentation with { NoiseDeviation = 0 };
        var loader = new BatchLoader(train, BatchSize, options.Scaling, clean, shuffle: true, Seeds.Mix(options.Seed, 5));
        using var off = no_grad();
        network.train();
        foreach (var batch in loader.Epoch(0, cancellationToken))
        {
            using var scope = NewDisposeScope();
            network.Features(DeviceBatch.Of(batch, train.Shape, device).Images);
        }
        network.eval();
    }
}
