using Hdge.Data;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Makes images that are not like those of a batch, on the batch's device: image i becomes kind i mod kinds of a random order, so a batch has about as many of each.</summary>
internal static class MadeImages
{
    private const int FieldSide = 4;   // random values a side of a smooth field
    private const int BlurSide = 7;
    private const double SmallestVariance = 1e-12;
    private const double SalientShare = 0.15; // of the pixels, as published for CIFAR-10

    /// <exception cref="ArgumentException">A kind is none, or the network takes no images.</exception>
    public static void Validate(IReadOnlyList<MadeKind> kinds, NetworkOptions network, string options)
    {
        foreach (var kind in kinds)
            Argument.Require(Enum.IsDefined(kind), kind, string.Join(", ", Enum.GetNames<MadeKind>()), "Made");
        if (kinds.Count > 0 && network.TakesFeatures)
            throw new ArgumentException($"{options}.Made has {kinds.Count} kinds, expected none for a network that takes features: they are made of pixels.");
    }

    /// <summary>Made of a step's images.</summary>
    /// <param name="step">Whose seed, and for <see cref="MadeKind.Salient"/> network and labels, decide; before its features are asked for.</param>
    /// <param name="kinds">At least one.</param>
    public static Tensor Of(TrainingStep step, IReadOnlyList<MadeKind> kinds) =>
        Of(step.Images, kinds, Seeds.Mix(step.Seed, SeedStream.MadeImages), rows => Gradient(step.Network, Rows(step.Images, rows), Rows(step.Labels, rows)));

    /// <param name="images">[N, channels, height, width].</param>
    /// <param name="kinds">At least one.</param>
    /// <param name="seed">Equal seeds make equal images.</param>
    /// <param name="gradient">Of the logits of the images' classes with respect to the images of some rows; only <see cref="MadeKind.Salient"/> looks at it.</param>
    /// <returns>As many, in no order, without a graph.</returns>
    public static Tensor Of(Tensor images, IReadOnlyList<MadeKind> kinds, int seed, Func<long[], Tensor>? gradient = null)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        long[] order = [.. Enumerable.Range(0, (int)images.shape[0]).Select(i => (long)i)];
        random.Shuffle(order);
        var parts = new List<Tensor>();
        for (int k = 0; k < kinds.Count; k++)
        {
            long[] own = [.. order.Where((_, i) => i % kinds.Count == k)];
            if (own.Length == 0)
                continue;
            long[] others = [.. own.Select(i => order[random.Next(order.Length)])];
            parts.Add(kinds[k] == MadeKind.Salient ? Salient(Rows(images, own), gradient!(own), random) : Of(kinds[k], Rows(images, own), Rows(images, others), random));
        }
        return cat(parts, 0).MoveToOuterDisposeScope();
    }

    private static Tensor Of(MadeKind kind, Tensor images, Tensor others, Random random) => kind switch
    {
        MadeKind.Rotated => Rotated(images, random),
        MadeKind.Jigsaw => Jigsaw(images, random.Next(2) == 0 ? 2 : 4, random),
        MadeKind.Mixed => images.Plus(others).Over(2),
        MadeKind.Pasted => Pasted(images, others, random),
        MadeKind.Blurred => nn.functional.avg_pool2d(images, BlurSide, 1, BlurSide / 2, count_include_pad: false),
        _ => Smooth(images, random),
    };

    private static Tensor Rows(Tensor images, long[] rows) => images.index_select(0, tensor(rows, device: images.device));

    // The parts of a batch are turned alike, so a turn is drawn for each third of it.
    private static Tensor Rotated(Tensor images, Random random)
    {
        if (images.shape[2] != images.shape[3])
            return images.rot90(2, (2, 3));
        long third = (images.shape[0] + 2) / 3, first = random.Next(3);
        return cat([.. images.split(third).Select((part, i) => part.rot90(1 + (first + i) % 3, (2, 3)))], 0);
    }

    /// <summary>Patches of all images of the part in one random order that moves each patch where it can; what a side leaves over stays.</summary>
    private static Tensor Jigsaw(Tensor images, int side, Random random)
    {
        long h = images.shape[2] / side, w = images.shape[3] / side;
        if (h == 0 || w == 0)
            return images.rot90(2, (2, 3));
        int[] from = [.. Enumerable.Range(0, side * side)];
        do
            random.Shuffle(from);
        while (from.Select((f, i) => f == i).All(same => same));
        var made = images.clone();
        for (int patch = 0; patch < from.Length; patch++)
            Patch(made, patch).copy_(Patch(images, from[patch]));
        return made;

        Tensor Patch(Tensor of, int patch) => of.narrow(2, patch / side * h, h).narrow(3, patch % side * w, w);
    }

    private static Tensor Pasted(Tensor images, Tensor others, Random random)
    {
        long height = images.shape[2], width = images.shape[3];
        long h = Side(height), w = Side(width), top = random.NextInt64(height - h + 1), left = random.NextInt64(width - w + 1);
        var made = images.clone();
        made.narrow(2, top, h).narrow(3, left, w).copy_(others.narrow(2, random.NextInt64(height - h + 1), h).narrow(3, random.NextInt64(width - w + 1), w));
        return made;

        long Side(long whole) => Math.Max(1, (long)(whole * (1 + random.NextDouble()) / 3));
    }

    private static Tensor Salient(Tensor images, Tensor gradient, Random random)
    {
        long pixels = images.shape[2] * images.shape[3], count = Math.Max(1, (long)(SalientShare * pixels));
        using var generator = new Generator((ulong)random.Next());
        var top = gradient.exp().sum(1).flatten(1).topk((int)count, 1).indexes;
        var order = empty([images.shape[0], count], dtype: float32, device: images.device).FillUniform(0, 1, generator).argsort(1);
        long[] shape = [images.shape[0], images.shape[1], count];
        Tensor into = top.unsqueeze(1).expand(shape), from = top.gather(1, order).unsqueeze(1).expand(shape);
        var flat = images.flatten(2);
        return flat.scatter(2, into, flat.gather(2, from)).view(images.shape);
    }

    /// <summary>∂f_y/∂x of each image, in evaluation mode: batch norm's averages stay, and an image's gradient is its own.</summary>
    private static Tensor Gradient(Backbone network, Tensor images, Tensor labels)
    {
        using var on = Autograd.On();
        using var scope = NewDisposeScope();
        bool training = network.training;
        network.eval();
        try
        {
            var input = images.detach().requires_grad_();
            var own = network.Head(network.Features(input)).gather(1, labels.unsqueeze(1)).sum();
            return autograd.grad([own], [input])[0].detach().MoveToOuterDisposeScope();
        }
        finally
        {
            network.train(training);
        }
    }

    private static Tensor Smooth(Tensor images, Random random)
    {
        long[] shape = images.shape;
        using var generator = new Generator((ulong)random.Next());
        var field = empty([shape[0], shape[1], FieldSide, FieldSide], dtype: images.dtype, device: images.device).FillNormal(0, 1, generator);
        field = nn.functional.interpolate(field, [shape[2], shape[3]], mode: InterpolationMode.Bicubic, align_corners: false);
        var (mean, deviation) = Moments(images);
        var (own, spread) = Moments(field);
        return ((field - own) / spread * deviation).Plus(mean);
    }

    private static (Tensor Mean, Tensor Deviation) Moments(Tensor images)
    {
        var mean = images.mean([2L, 3L], keepdim: true);
        return (mean, (images - mean).Squared().mean([2L, 3L], keepdim: true).AtLeast(SmallestVariance).sqrt());
    }
}
