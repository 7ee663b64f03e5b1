using Hdge.Networks;

namespace Hdge.Tests.Gcrl;

/// <summary>What a pixel may look at, and that nothing else reaches it.</summary>
public sealed class AttentionTests
{
    [Theory]
    [InlineData("axial")]
    [InlineData("full")]
    [InlineData("row, column")]
    [InlineData("column, row")]
    public void A_pixel_changes_every_later_prediction_and_no_earlier_one(string layout)
    {
        const int Height = 4, Width = 5, Colors = 6;
        AttentionPattern[]? patterns = layout switch
        {
            "row, column" => [AttentionPattern.Row, AttentionPattern.Column],
            "column, row" => [AttentionPattern.Column, AttentionPattern.Row],
            _ => null,
        };
        using var scope = NewDisposeScope();
        var options = new PixelTransformerOptions { Colors = Colors, Width = 8, Heads = 2, Blocks = patterns?.Length ?? 4, Attention = layout == "full" ? AttentionLayout.Full : AttentionLayout.Axial };
        using var network = Transformers.Random(Height, Width, options, float32, patterns);
        var colors = randint(0, Colors, [1, Height * Width], dtype: int64, generator: new Generator(3));
        float[] before = Transformers.Logits(network, colors).data<float>().ToArray();
        for (int k = 0; k < Height * Width; k++)
        {
            var changed = colors.clone();
            changed[0, k] = (colors[0, k] + 1) % Colors;
            float[] after = Transformers.Logits(network, changed).data<float>().ToArray();
            for (int row = 0; row < Height * Width; row++)
                Assert.Equal(row <= k, before.AsSpan(row * Colors, Colors).SequenceEqual(after.AsSpan(row * Colors, Colors)));
        }
    }

    public static TheoryData<string> Patterns => [.. Enum.GetNames<AttentionPattern>()];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Attention_equals_softmax_over_the_dense_mask(string name)
    {
        var pattern = Enum.Parse<AttentionPattern>(name);
        using var generator = new Generator(11);
        for (int height = 1; height <= 7; height++)
            for (int width = 1; width <= 7; width += height % 2 + 1)
            {
                using var scope = NewDisposeScope();
                int pixels = height * width;
                Tensor[] inputs = [.. Enumerable.Range(0, 4).Select(_ => randn(3, pixels, 2, dtype: float64, generator: generator))];
                var mask = tensor(Enumerable.Range(0, pixels * pixels).Select(i => CausalAttention.Allows(pattern, i / pixels, i % pixels, width)).ToArray(), [pixels, pixels]);
                var axial = Run(inputs, (q, k, v) => CausalAttention.Attend(pattern, q, k, v, height, width));
                var dense = Run(inputs, (q, k, v) => (q.matmul(k.transpose(1, 2)) / Math.Sqrt(2)).masked_fill(mask.logical_not(), double.NegativeInfinity).softmax(2).matmul(v));
                for (int i = 0; i < 4; i++)
                    Assert.True((axial[i] - dense[i]).abs().max().item<double>() < 1e-12, $"{height}x{width}, {(i == 0 ? "output" : $"gradient {i}")}");
            }
    }

    // Output and gradients of Σ output · weight.
    private static Tensor[] Run(Tensor[] inputs, Func<Tensor, Tensor, Tensor, Tensor> attend)
    {
        Tensor[] leaves = [.. inputs.Take(3).Select(x => x.clone().requires_grad_())];
        var output = attend(leaves[0], leaves[1], leaves[2]);
        output.backward([inputs[3]]);
        return [output.detach(), .. leaves.Select(leaf => leaf.grad!)];
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public void Probabilities_of_all_images_add_up(bool firstPixel, double sum)
    {
        const int Colors = 3;
        using var scope = NewDisposeScope();
        using var network = Transformers.Random(2, 2, new PixelTransformerOptions { Colors = Colors, Width = 6, Heads = 3, Blocks = 3, FirstPixel = firstPixel });
        long[] all = [.. Enumerable.Range(0, 81).SelectMany(i => new long[] { i / 27, i / 9 % 3, i / 3 % 3, i % 3 })];
        Assert.Equal(sum, Transformers.LogLikelihood(network, tensor(all, [81, 4]), firstPixel ? 0 : 1).Sum(Math.Exp), 1e-10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_untrained_network_finds_every_colour_equally_likely(bool firstPixel)
    {
        var options = new PixelTransformerOptions { Colors = 16, Width = 8, Heads = 2, Blocks = 2, Reduction = 2, FirstPixel = firstPixel };
        using var model = new HdgeModel(options.Create(new ImageShape(1, 8, 6), 2, 3), new PixelScaling(), CPU);
        int scored = 4 * 3 - (firstPixel ? 0 : 1);
        foreach (float score in model.DetectionScores(SmallImages.Patterns(10, shape: new ImageShape(1, 8, 6)), [Hdge.Detection.DetectionScore.LogLikelihood])[Hdge.Detection.DetectionScore.LogLikelihood])
            Assert.Equal(-scored * Math.Log(16), score, scored * Math.Log(16) * 1e-5);
        Assert.Equal(4, model.BitsPerPixel(SmallImages.Patterns(3, shape: new ImageShape(1, 8, 6))), 1e-5);
    }

    [Fact]
    public void Weights_are_as_many_as_the_paper_network_has()
    {
        var options = new PixelTransformerOptions { Colors = 16, Width = 64, Heads = 2, Blocks = 4, Reduction = 2 };
        using var network = options.Create(new ImageShape(1, 28, 28), 10);
        long classifier = 64 * 10 + 10;
        Assert.Equal(214_848, network.parameters().Sum(p => p.numel()) - classifier);
    }
}
