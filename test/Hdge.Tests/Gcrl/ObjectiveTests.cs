using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests.Gcrl;

/// <summary>The two terms, what they depend on, and what cannot be combined with them.</summary>
public sealed class ObjectiveTests
{
    private const int Images = 5;

    private static readonly PixelTransformerOptions s_options = new() { Colors = 4, Width = 6, Heads = 2, Blocks = 4 };

    private static GenerativeContrastiveObjective Objective(PixelTransformer network, GenerativeContrastiveOptions options)
    {
        var objective = new GenerativeContrastiveObjective(new ObjectiveContext(network, new PixelScaling(), CPU, 7), options);
        objective.Head?.to(network.parameters().First().dtype);
        return objective;
    }

    private static Tensor Colors(int views, int seed = 3) => randint(0, 4, [views * Images, 12], dtype: int64, generator: new Generator((ulong)seed));

    private static double Contrast(Tensor first, Tensor second)
    {
        long[] images = [.. Enumerable.Range(0, (int)first.shape[0]).Select(i => (long)i)];
        return SupervisedContrastive.Term(cat([first, second], 0), tensor([.. images, .. images]), 0.1).item<double>();
    }

    [Fact]
    public void The_contrastive_term_has_the_limits_and_symmetries_of_its_formula()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(1);
        Tensor same = ones(5, 3, dtype: float64), first = randn(5, 3, dtype: float64, generator: generator), second = randn(5, 3, dtype: float64, generator: generator);
        Assert.Equal(2.19722457733622, Contrast(same, same), 1e-12); // log 9
        double term = Contrast(first, second);
        var (rotation, _) = linalg.qr(randn(3, 3, dtype: float64, generator: generator));
        var order = tensor(new long[] { 3, 0, 4, 1, 2 });
        Assert.Equal(term, Contrast(first.matmul(rotation), second.matmul(rotation)), 1e-12);
        Assert.Equal(term, Contrast(first.index_select(0, order), second.index_select(0, order)), 1e-12);
        Assert.Equal(term, Contrast(second, first), 1e-12);
        Assert.StartsWith("BatchSize is 1, expected at least 2", Assert.Throws<ArgumentOutOfRangeException>(() => (TrainingPresets.GcrlFast with { BatchSize = 1 }).Validate(new ImageShape(1, 28, 28))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Beta_0_is_the_likelihood_alone_and_takes_one_view()
    {
        using var scope = NewDisposeScope();
        using var network = Transformers.Random(3, 4, s_options, float32);
        var options = new GenerativeContrastiveOptions { Beta = 0 };
        using var objective = Objective(network, options);
        Assert.Equal((1, 1, 0), (options.ViewCount, options.SmallestBatch, objective.Parameters.Count()));
        var colors = Colors(1);
        using var terms = objective.Compute(colors);
        terms.Loss.backward();
        float[][] gradients = Gradients(network);
        network.zero_grad();
        var alone = nn.functional.cross_entropy(network.Decode(network.Encode(colors)).view(-1, 4), colors.view(-1));
        alone.backward();
        Assert.Equal(alone.item<float>(), terms.Loss.item<float>());
        Assert.Equal(Gradients(network), gradients);
        Assert.Null(terms.Contrastive);
    }

    private static float[][] Gradients(PixelTransformer network) => [.. network.parameters().Select(p => p.grad?.data<float>().ToArray() ?? [])];

    [Fact]
    public void Alpha_0_never_runs_the_decoder()
    {
        using var scope = NewDisposeScope();
        using var network = Transformers.Random(3, 4, s_options, float32);
        using var objective = Objective(network, new GenerativeContrastiveOptions { Alpha = 0 });
        using var terms = objective.Compute(Colors(2));
        terms.Loss.backward();
        Assert.Null(terms.Density);
        foreach (var (name, weight) in network.named_parameters())
        {
            bool decoder = name.StartsWith("blocks.2.", StringComparison.Ordinal) || name.StartsWith("blocks.3.", StringComparison.Ordinal) || name.StartsWith("final.", StringComparison.Ordinal)
                || name.StartsWith("head.", StringComparison.Ordinal) || name.StartsWith("classifier.", StringComparison.Ordinal);
            Assert.True(decoder == (weight.grad is null), name);
        }
    }

    [Fact]
    public void Both_terms_share_one_pass_through_the_encoder_and_the_decoder_sees_first_views_alone()
    {
        using var scope = NewDisposeScope();
        using var network = Transformers.Random(3, 4, s_options, float32);
        var rows = new List<(int Block, long Images)>();
        int block = 0;
        foreach (var module in network.modules().OfType<TransformerBlock>())
        {
            int number = block++;
            module.register_forward_hook((_, input, output) =>
            {
                rows.Add((number, input.shape[0]));
                return output;
            });
        }
        using var objective = Objective(network, new GenerativeContrastiveOptions());
        using var terms = objective.Compute(Colors(2));
        Assert.Equal([(0, 2L * Images), (1, 2L * Images), (2, Images), (3, Images)], rows);
    }

    [Fact]
    public void The_second_view_has_no_part_in_the_likelihood()
    {
        using var scope = NewDisposeScope();
        using var network = Transformers.Random(3, 4, s_options, float64);
        using var objective = Objective(network, new GenerativeContrastiveOptions());
        Tensor first = Colors(1), second = Colors(1, 4), other = Colors(1, 5);
        using var one = objective.Compute(cat([first, second], 0));
        using var two = objective.Compute(cat([first, other], 0));
        Assert.Equal(one.Density!.item<double>(), two.Density!.item<double>());
        Assert.NotEqual(one.Contrastive!.item<double>(), two.Contrastive!.item<double>());
    }

    [Fact]
    public void The_second_view_is_changed_strongly_and_the_first_weakly()
    {
        var images = SmallImages.Patterns(8);
        var weak = new AugmentationOptions { HorizontalFlip = true };
        PixelBatch Batch(AugmentationOptions options) => new BatchLoader(images, 8, new PixelScaling(), options, shuffle: false, seed: 3, views: 2).Epoch(0).Single();
        var (plain, strong) = (Batch(weak), Batch(weak with { SecondView = new ViewAugmentationOptions { HorizontalFlip = false } }));
        Assert.Equal(plain.Pixels.ToArray(), strong.Pixels.ToArray());
        Assert.NotEqual(strong.Pixels.ToArray(), strong.SecondPixels.ToArray());
        var all = images.Bytes(0, 8).ToArray().Select(value => value / 255f * 2 - 1).ToHashSet(); // what a crop and a flip can give
        Assert.All(strong.Pixels.ToArray(), value => Assert.Contains(all, known => Math.Abs(known - value) < 1e-5));
        Assert.Contains(strong.SecondPixels.ToArray(), value => all.All(known => Math.Abs(known - value) > 1e-4));
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        var shape = new ImageShape(1, 28, 28);
        var run = TrainingPresets.GcrlFast;
        Refused(run with { Objective = new GenerativeContrastiveOptions { Alpha = 0, Beta = 0 } }, "Beta is 0");
        Refused(run with { Objective = new GenerativeContrastiveOptions { Beta = 0 } }, "takes 1 view");
        Refused(run with { Network = new WideResNetOptions() }, "expected PixelTransformerOptions");
        Refused(run with { Network = new PixelTransformerOptions { Reduction = 4 } }, "Reduction is 4", new ImageShape(1, 30, 28));
        Refused(run with { Network = new PixelTransformerOptions { Heads = 3 } }, "Heads is 3, expected a divisor of Width, 128");
        Refused(run with { Network = new PixelTransformerOptions() }, "expected 1 (grey) or 3 (colour) channels", new ImageShape(2, 28, 28));

        void Refused(TrainingOptions options, string problem, ImageShape? of = null) =>
            Assert.Contains(problem, Assert.ThrowsAny<ArgumentException>(() => options.Validate(of ?? shape)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_needs_a_gradient_of_the_image_is_refused()
    {
        var shape = new ImageShape(1, 8, 8);
        var run = new TrainingOptions { Network = s_options };
        foreach (var options in new[]
        {
            run with { Objective = new JemOptions() },
            run with { Objective = new AdversarialTrainingOptions() },
            run with { Detection = new DetectionOptions { Score = DetectionScore.Odin } },
            run with { Detection = new DetectionOptions { Also = [DetectionScore.ApproximateMass] } },
        })
            Assert.Contains("no gradient with respect to the image", Assert.ThrowsAny<ArgumentException>(() => options.Validate(shape)).Message, StringComparison.Ordinal);
        using var model = new HdgeModel(s_options.Create(shape, 3), new PixelScaling(), CPU);
        var images = SmallImages.Patterns(4);
        Assert.Contains("no gradient", Assert.Throws<ArgumentException>(() => Pgd.Attack(model, images)).Message, StringComparison.Ordinal);
        Assert.Contains("SamplePixels", Assert.Throws<InvalidOperationException>(() => model.Sample(new SampleOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("no gradient", Assert.Throws<ArgumentException>(() => model.FitDetectors(images, images, new DetectionOptions { Score = DetectionScore.Odin })).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(DetectionScore.Odin, model.Detectors.Available);
        Assert.Contains(DetectionScore.LogLikelihood, model.Detectors.Available);

        using var other = new HdgeModel(new WideResNetOptions().Create(shape, 3), new PixelScaling(), CPU);
        Assert.Contains("no likelihood of pixels", Assert.Throws<ArgumentException>(() => other.FitDetectors(images, images, new DetectionOptions { Score = DetectionScore.LogLikelihood })).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(DetectionScore.ComplexityCorrected, other.Detectors.Available);
        Assert.Contains("does not predict pixels", Assert.Throws<InvalidOperationException>(() => other.SamplePixels(new PixelSampleOptions())).Message, StringComparison.Ordinal);
    }
}
