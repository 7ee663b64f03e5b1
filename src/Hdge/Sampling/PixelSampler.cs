using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Sampling;

/// <summary>Draws images from a pixel transformer: the colour of each pixel from what it says of it, given those before.</summary>
internal static class PixelSampler
{
    /// <param name="network">In evaluation mode.</param>
    /// <param name="options">What to draw.</param>
    /// <param name="device">Where the network is.</param>
    /// <param name="input">Network input of images of the prompt, from an index on, so many.</param>
    /// <param name="progress">Called after each pixel with the share of all pixels done, 0..1.</param>
    /// <param name="cancellationToken">Looked at before each pixel.</param>
    public static ImageSet Draw(PixelTransformer network, PixelSampleOptions options, Device device, Func<int, int, Tensor> input, Action<double>? progress, CancellationToken cancellationToken)
    {
        options.Validate(network.InputShape, network.Height);
        using var off = no_grad();
        var shape = network.InputShape;
        var colors = new long[checked(options.Count * network.Pixels)];
        int kept = options.Prompt is null ? 0 : (options.PromptRows > 0 ? options.PromptRows : network.Height / 2) * network.Columns;
        for (int at = 0; at < options.Count; at += options.BatchSize)
        {
            int count = Math.Min(options.BatchSize, options.Count - at), first = at;
            var part = colors.AsMemory(at * network.Pixels, count * network.Pixels);
            for (int i = 0; i < count && options.Prompt is { } prompt; i++)
            {
                using var scope = NewDisposeScope();
                network.Tokens(input((at + i) % prompt.Count, 1)).cpu().data<long>().ToArray().AsSpan(0, kept).CopyTo(part.Span[(i * network.Pixels)..]);
            }
            Draw(network, options, device, part, at, kept, pixel => progress?.Invoke((first + count * (pixel + 1.0) / network.Pixels) / options.Count), cancellationToken);
        }
        return ImageSet.FromBytes(shape, Bytes(network, colors), new int[options.Count], network.ClassCount);
    }

    private static void Draw(PixelTransformer network, PixelSampleOptions options, Device device, Memory<long> colors, int number, int kept, Action<int> done, CancellationToken cancellationToken)
    {
        int pixels = network.Pixels, count = colors.Length / pixels;
        Random[] random = [.. Enumerable.Range(number, count).Select(i => new Random(Seeds.Mix(options.Seed, i)))];
        var caches = network.NewCaches();
        var present = new long[count];
        try
        {
            for (int at = 0; at < pixels; at++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var logits = network.Next(count, tensor(present, device: device), at, caches).cpu().contiguous();
                var values = TensorMemory.Span<float>(at == 0 && network.ScoredPixels < pixels ? network.Colors.Shares.log().expand_as(logits).contiguous() : logits);
                for (int i = 0; i < count; i++)
                {
                    ref long color = ref colors.Span[i * pixels + at];
                    if (at >= kept)
                        color = Pick(values.Slice(i * network.ColorCount, network.ColorCount), options.Temperature, options.TopColors, random[i]);
                    present[i] = color;
                }
                done(at);
            }
        }
        finally
        {
            foreach (var cache in caches)
                cache.Dispose();
        }
    }

    /// <summary>A number drawn from softmax(logits / T) among the likeliest.</summary>
    internal static int Pick(ReadOnlySpan<float> logits, double temperature, int most, Random random)
    {
        float highest = float.NegativeInfinity, lowest = float.NegativeInfinity;
        foreach (float logit in logits)
            highest = Math.Max(highest, logit);
        if (most > 0 && most < logits.Length)
        {
            var sorted = logits.ToArray();
            Array.Sort(sorted);
            lowest = sorted[^most];
        }
        Span<double> sums = logits.Length <= 4096 ? stackalloc double[logits.Length] : new double[logits.Length];
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
            sums[i] = sum += logits[i] >= lowest ? Math.Exp(((double)logits[i] - highest) / temperature) : 0;
        double drawn = random.NextDouble() * sum;
        int picked = 0;
        while (picked < sums.Length - 1 && sums[picked] <= drawn)
            picked++;
        return picked;
    }

    /// <summary>Images in the colours, each pixel as large as the reduction made it small.</summary>
    private static byte[] Bytes(PixelTransformer network, long[] colors)
    {
        var shape = network.InputShape;
        byte[] palette = ImageComplexity.PaletteBytes(network);
        int side = shape.Width / network.Columns;
        var small = new byte[shape.Channels * network.Pixels];
        var bytes = new byte[checked(colors.Length / network.Pixels * shape.Length)];
        for (int i = 0, to = 0; i < colors.Length; i += network.Pixels)
        {
            ImageComplexity.Paint(colors.AsSpan(i, network.Pixels), palette, shape.Channels, small);
            for (int c = 0; c < shape.Channels; c++)
                for (int y = 0; y < shape.Height; y++)
                    for (int x = 0; x < shape.Width; x++)
                        bytes[to++] = small[(c * network.Height + y / side) * network.Columns + x / side];
        }
        return bytes;
    }
}
