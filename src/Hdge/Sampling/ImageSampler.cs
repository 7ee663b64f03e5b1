using Hdge.Data;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Sampling;

/// <summary>Draws images from a network read as an energy-based model.</summary>
internal static class ImageSampler
{
    public static ImageSet Draw(Backbone network, PixelScaling scaling, Device device, SampleOptions options, Action<double>? progress, CancellationToken cancellationToken)
    {
        options.Validate(network.ClassCount);
        var shape = network.InputShape;
        var pixels = new byte[checked(options.Count * shape.Length)];
        var labels = new int[options.Count];
        using var range = new ImageRange(scaling, shape, device);
        long done = 0, total = (long)((options.Count + options.BatchSize - 1) / options.BatchSize) * options.Chain.Steps;
        for (int at = 0, batch = 0; at < options.Count; at += options.BatchSize, batch++)
        {
            int count = Math.Min(options.BatchSize, options.Count - at);
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)Seeds.Mix(options.Seed, batch));
            if (options.Classes is { } classes)
                for (int i = at; i < at + count; i++)
                    labels[i] = classes[i % classes.Count];
            var wanted = options.Classes is null ? null : tensor(labels.AsSpan(at, count).ToArray(), dtype: int64).to(device);
            var images = Sgld.Run(network, range.Uniform(count, generator), wanted, new SgldRun(options.Chain, generator, range, () => progress?.Invoke((double)++done / total)), cancellationToken);
            if (!images.isfinite().all().item<bool>())
                throw new InvalidOperationException($"Sampling diverged: the images are no longer finite after {options.Chain.Steps} steps of {options.Chain.StepSize}; a smaller step may help.");
            range.ToBytes(images, pixels.AsSpan(at * shape.Length, count * shape.Length));
            if (options.Classes is null)
            {
                using var off = no_grad();
                network.call(images).argmax(1).cpu().data<long>().Select(c => (int)c).ToArray().CopyTo(labels, at);
            }
        }
        return ImageSet.FromBytes(shape, pixels, labels, network.ClassCount);
    }
}
