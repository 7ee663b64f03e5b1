using Hdge.Data;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Batch norm's running averages after training with noise: they describe noisy images, but images to score come without, which costs three to four
/// points of accuracy. Some more batches of training images put them right ("precise" batch norm, Wu and Johnson 2021), with a part of the noise
/// left in: quite without it, unknown images are told apart less well (docs/method.md has the measurements).
/// </summary>
internal static class RunningAverages
{
    private const int BatchSize = 128;
    private const int Updates = 60; // batches: with the usual momentum of 0.1, 0.2 % of the old averages are left
    private const double NoiseLeft = 0.5;

    public static void Refresh(Backbone network, ImageSet train, TrainingOptions options, Device device, CancellationToken cancellationToken)
    {
        var loader = new BatchLoader(train, BatchSize, options.Scaling, options.Augmentation.Unmixed, shuffle: true, Seeds.Mix(options.Seed, SeedStream.RunningAverages));
        var dropouts = SeededDropout.In(network);
        using var off = no_grad();
        network.train();
        int passes = (Updates + loader.BatchCount - 1) / loader.BatchCount;
        foreach (var batch in Enumerable.Range(0, passes).SelectMany(pass => loader.Epoch(pass, cancellationToken)).Take(Updates))
        {
            using var scope = NewDisposeScope();
            var images = DeviceBatch.Of(batch, train.Shape, device).Images;
            foreach (var dropout in dropouts)
                dropout.Reseed((int)batch.Seed);
            DeviceBatch.AddNoise(images, NoiseLeft * options.Augmentation.NoiseDeviation, batch.Seed);
            network.Features(images);
        }
        network.eval();
    }
}
