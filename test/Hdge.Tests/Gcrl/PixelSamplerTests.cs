using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Sampling;

namespace Hdge.Tests.Gcrl;

/// <summary>Drawing pixel after pixel with kept keys and values.</summary>
public sealed class PixelSamplerTests
{
    private static HdgeModel Model(int height, int width, PixelTransformerOptions options, int channels = 1)
    {
        var network = (PixelTransformer)options.Create(new ImageShape(channels, height, width), 2, 1);
        using (no_grad())
        {
            using var generator = new Generator(2);
            foreach (var weight in network.parameters())
                weight.normal_(0, 0.3, generator);
        }
        return new HdgeModel(network, new PixelScaling(), CPU);
    }

    private static PixelTransformerOptions Options => new() { Colors = 5, Width = 8, Heads = 2, Blocks = 4 };

    [Theory]
    [InlineData(AttentionLayout.Axial, 4, 5)]
    [InlineData(AttentionLayout.Full, 3, 4)]
    [InlineData(AttentionLayout.Axial, 1, 6)]
    [InlineData(AttentionLayout.Axial, 6, 1)]
    public void Cached_logits_equal_those_of_a_whole_pass(AttentionLayout layout, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var network = Transformers.Random(height, width, Options with { Attention = layout }, float32);
        var colors = randint(0, 5, [3, height * width], dtype: int64, generator: new Generator(5));
        var whole = Transformers.Logits(network, colors);
        using var off = no_grad();
        var caches = network.NewCaches();
        for (int at = 0; at < height * width; at++)
        {
            var next = network.Next(3, at == 0 ? colors.select(1, 0) : colors.select(1, at - 1), at, caches);
            Assert.True((next - whole.select(1, at)).abs().max().item<float>() < 1e-5f * Math.Max(1, whole.abs().max().item<float>()), $"pixel {at}");
        }
        foreach (var cache in caches)
            cache.Dispose();
    }

    [Fact]
    public void Equal_seeds_give_equal_images_however_they_are_split_and_prompts_stay()
    {
        using var model = Model(8, 6, Options with { Reduction = 2 });
        var options = new PixelSampleOptions { Count = 7, Seed = 3 };
        byte[] drawn = Of(model.SamplePixels(options));
        Assert.Equal(drawn, Of(model.SamplePixels(options with { BatchSize = 3 })));
        Assert.NotEqual(drawn, Of(model.SamplePixels(options with { Seed = 4 })));

        var prompt = model.SamplePixels(options with { Seed = 9 }); // in the palette's colours already
        var completed = model.SamplePixels(options with { Prompt = prompt, PromptRows = 3 });
        int kept = 2 * 3 * 6;
        for (int i = 0; i < 7; i++)
            Assert.Equal(prompt.Bytes(i)[..kept].ToArray(), completed.Bytes(i)[..kept].ToArray());
        Assert.NotEqual(Of(prompt), Of(completed));
        Assert.Equal(Of(prompt), Of(model.SamplePixels(options with { Prompt = prompt, PromptRows = 4 })));
        Assert.StartsWith("PromptRows is 5", Assert.Throws<ArgumentOutOfRangeException>(() => model.SamplePixels(options with { Prompt = prompt, PromptRows = 5 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.SamplePixels(options with { PromptRows = 1 }));
        Assert.Throws<ArgumentException>(() => model.SamplePixels(options with { Prompt = SmallImages.Patterns(3) }));

        static byte[] Of(ImageSet images) => images.Bytes(0, images.Count).ToArray();
    }

    [Fact]
    public void Cold_draws_and_draws_among_one_colour_are_the_likeliest_colours()
    {
        using var scope = NewDisposeScope();
        using var model = Model(4, 4, Options);
        var cold = model.SamplePixels(new PixelSampleOptions { Count = 2, Temperature = 1e-9 });
        var top = model.SamplePixels(new PixelSampleOptions { Count = 2, TopColors = 1, Seed = 8 });
        Assert.Equal(cold.Bytes(0, 2).ToArray(), top.Bytes(0, 2).ToArray());
        var network = (PixelTransformer)model.Network;
        var colors = network.Tokens(Input(cold));
        Assert.Equal(colors.data<long>().ToArray(), Transformers.Logits(network, colors).argmax(2).data<long>().ToArray());
    }

    private static Tensor Input(ImageSet images) =>
        tensor(images.Bytes(0, images.Count).ToArray().Select(value => value / 255f * 2 - 1).ToArray(), [images.Count, images.Shape.Channels, images.Shape.Height, images.Shape.Width]);

    [Fact]
    public void Images_are_as_frequent_as_they_are_likely()
    {
        const int Drawn = 2000;
        using var scope = NewDisposeScope();
        using var model = Model(1, 2, new PixelTransformerOptions { Colors = 3, Width = 4, Heads = 1, Blocks = 2 });
        var network = (PixelTransformer)model.Network;
        var images = model.SamplePixels(new PixelSampleOptions { Count = Drawn, BatchSize = 500 });
        long[] colors = network.Tokens(Input(images)).data<long>().ToArray();
        long[] all = [.. Enumerable.Range(0, 9).SelectMany(i => new long[] { i / 3, i % 3 })];
        double[] expected = [.. PixelLikelihood.Of(Transformers.Logits(network, tensor(all, [9, 2])), tensor(all, [9, 2]), 0).data<double>().ToArray().Select(p => Drawn * Math.Exp(p))];
        Assert.Equal(Drawn, expected.Sum(), 1e-2);
        double chi2 = Enumerable.Range(0, 9).Sum(i => Math.Pow(colors.Chunk(2).Count(c => c[0] * 3 + c[1] == i) - expected[i], 2) / expected[i]);
        Assert.True(chi2 < 26.1, $"χ² is {chi2}, of 8 degrees of freedom"); // 1 of 1000 is above
    }
}
