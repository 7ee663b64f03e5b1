using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

public sealed class DensityRatioTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    private static readonly MadeKind[] s_pixelKinds = [.. Enum.GetValues<MadeKind>().Except([MadeKind.Salient])]; // the others ask the network, too

    private static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 4 * random.NextDouble() - 2)];
    }

    [Fact]
    public void TheTermIsALogisticRegressionOnTheCentredDensity()
    {
        const int Classes = 3;
        double[] known = Numbers(5 * Classes, 1), unknown = Numbers(7 * Classes, 2);
        const double Slope = 1.3, Offset = -0.4;
        double Density(double[] f, int row)
        {
            double[] own = f[(row * Classes)..((row + 1) * Classes)];
            return Math.Log(own.Sum(v => Math.Exp(v - own.Average())));
        }
        double Naive(double[] f, double[] g, double slope, double offset) => Enumerable.Range(0, 5).Average(i => Softplus(-(slope * Density(f, i) - offset))) + Enumerable.Range(0, 7).Average(i => Softplus(slope * Density(g, i) - offset));
        var (logits, negatives, a, b) = (tensor(known, [5, Classes]).requires_grad_(), tensor(unknown, [7, Classes]).requires_grad_(), tensor([Slope]).requires_grad_(), tensor([Offset]).requires_grad_());
        var term = DensityRatioObjective.Term(logits, negatives, a, b);
        term.backward();
        Assert.Equal(Naive(known, unknown, Slope, Offset), term.item<double>(), 12);
        Assert.Equal((Naive(known, unknown, Slope + 1e-5, Offset) - Naive(known, unknown, Slope - 1e-5, Offset)) / 2e-5, a.grad!.item<double>(), 1e-8);
        Assert.Equal((Naive(known, unknown, Slope, Offset + 1e-5) - Naive(known, unknown, Slope, Offset - 1e-5)) / 2e-5, b.grad!.item<double>(), 1e-8);
        foreach (var (at, gradient, first) in new[] { (known, logits.grad!, true), (unknown, negatives.grad!, false) })
            for (int i = 0; i < at.Length; i++)
            {
                double[] up = [.. at], down = [.. at];
                (up[i], down[i]) = (up[i] + 1e-5, down[i] - 1e-5);
                double slope = first ? Naive(up, unknown, Slope, Offset) - Naive(down, unknown, Slope, Offset) : Naive(known, up, Slope, Offset) - Naive(known, down, Slope, Offset);
                Assert.Equal(slope / 2e-5, gradient.data<double>().ToArray()[i], 1e-8);
            }

        static double Softplus(double x) => Math.Log(1 + Math.Exp(x));
    }

    [Fact]
    public void ShuffledFeaturesKeepWhatEachIsLikeAndNotHowTheyGoTogether()
    {
        const int Count = 40, Length = 6;
        float[,] values = new float[Count, Length];
        for (int i = 0; i < Count; i++)
            for (int f = 0; f < Length; f++)
                values[i, f] = 100 * f + i;
        var shuffled = DensityRatioObjective.Shuffled(tensor(values), 7);
        float[] rows = shuffled.data<float>().ToArray();
        int together = 0;
        for (int f = 0; f < Length; f++)
            Assert.Equal(Enumerable.Range(0, Count).Select(i => 100f * f + i), Enumerable.Range(0, Count).Select(i => rows[i * Length + f]).Order());
        for (int i = 0; i < Count; i++)
            together += Enumerable.Range(0, Length).Select(f => rows[i * Length + f] - 100 * f).Distinct().Count() == Length ? 0 : 1;
        Assert.True(together < Count * 0.7); // by chance two of six features of a row come from one image in 33 % of the rows
        Assert.Equal(rows, DensityRatioObjective.Shuffled(tensor(values), 7).data<float>().ToArray());
        Assert.NotEqual(rows, DensityRatioObjective.Shuffled(tensor(values), 8).data<float>().ToArray());
    }

    private static Tensor Images(int count, int side = 8) => tensor(Enumerable.Range(0, count * 3 * side * side).Select(i => MathF.Sin(i * 2.1f)).ToArray(), [count, 3, side, side]);

    private static float[][] Each(Tensor images) => [.. Enumerable.Range(0, (int)images.shape[0]).Select(i => images[i].contiguous().data<float>().ToArray())];

    [Theory]
    [InlineData(MadeKind.Rotated)]
    [InlineData(MadeKind.Jigsaw)]
    public void SomeKindsMovePixelsAndChangeNone(MadeKind kind)
    {
        var images = Images(9);
        var (before, after) = (Each(images), Each(MadeImages.Of(images, [kind], 3)));
        string[] known = [.. before.Select(Key).Order()];
        Assert.Equal(known, after.Select(Key).Order());
        Assert.All(after, image => Assert.DoesNotContain(before, b => b.SequenceEqual(image)));

        static string Key(float[] image) => string.Join(' ', image.Order());
    }

    [Fact]
    public void MixedAndPastedAreMadeOfTwoImages()
    {
        var images = stack([.. Enumerable.Range(0, 6).Select(i => tensor(Enumerable.Repeat((float)(1 << i), 3 * 64).ToArray(), [3, 8, 8]))]); // each of one value
        float[][] mixed = Each(MadeImages.Of(images, [MadeKind.Mixed], 2)), pasted = Each(MadeImages.Of(images, [MadeKind.Pasted], 2));
        Assert.All(mixed, image => Assert.Single(image.Distinct()));
        Assert.Contains(mixed, image => (int)(2 * image[0]) is var sum && (sum & (sum - 1)) != 0); // not all with themselves
        Assert.Contains(pasted, image => image.Distinct().Count() == 2);
    }

    [Fact]
    public void BlurredIsAMeanAndSmoothKeepsMeanAndContrast()
    {
        var images = Images(4, 9);
        float[][] before = Each(images);
        var blurred = Each(MadeImages.Of(images, [MadeKind.Blurred], 1));
        Assert.All(blurred, image => Assert.Contains(before, b => Math.Abs(Window(b, 4, 4) - image[4 * 9 + 4]) < 1e-5 && Math.Abs(Window(b, 0, 8) - image[8]) < 1e-5));
        var smooth = MadeImages.Of(images, [MadeKind.Smooth], 1);
        var (mean, deviation) = (images.mean([2L, 3L]), images.std([2L, 3L]));
        Assert.Equal(mean.flatten().data<float>().ToArray().Order(), smooth.mean([2L, 3L]).flatten().data<float>().ToArray().Order(), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(deviation.flatten().data<float>().ToArray().Order(), smooth.std([2L, 3L]).flatten().data<float>().ToArray().Order(), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.True(Roughness(smooth) < Roughness(images) / 2);

        static double Window(float[] image, int y, int x) => (from v in Enumerable.Range(y - 3, 7) from u in Enumerable.Range(x - 3, 7) where v is >= 0 and < 9 && u is >= 0 and < 9 select (double)image[v * 9 + u]).Average();
        static double Roughness(Tensor of) => (of.narrow(3, 1, 8) - of.narrow(3, 0, 8)).abs().mean().item<float>();
    }

    [Fact]
    public void EveryKindHasItsShareAndTheSeedDecides()
    {
        var images = Images(20);
        var made = MadeImages.Of(images, s_pixelKinds, 4);
        Assert.Equal(images.shape, made.shape);
        Assert.All(made.data<float>().ToArray(), v => Assert.True(float.IsFinite(v)));
        Assert.Equal(Each(made), Each(MadeImages.Of(images, s_pixelKinds, 4)));
        Assert.NotEqual(Each(made), Each(MadeImages.Of(images, s_pixelKinds, 5)));
        Assert.Equal(2, MadeImages.Of(images.narrow(0, 0, 2), s_pixelKinds, 4).shape[0]);
    }

    [Fact]
    public void SalientShufflesThePixelsThatRaiseTheClassMost()
    {
        var shape = new ImageShape(2, 5, 8);
        const int Pixels = 40, Moved = 6; // 15 %
        float[][] weights = [Weights(1), Weights(2), Weights(3)];
        using var network = new LinearBackbone(shape, weights, [0, 0, 0]);
        int[] labels = [0, 2, 1, 0, 1, 2, 2];
        var images = tensor(Enumerable.Range(0, labels.Length * shape.Length).Select(i => (float)i).ToArray(), [labels.Length, 2, 5, 8]); // no value twice
        network.train();
        var made = Each(MadeImages.Of(new TrainingStep(network, images, tensor(labels.Select(l => (long)l).ToArray())) { Seed = 3 }, [MadeKind.Salient]));
        Assert.True(network.training);
        int moved = 0;
        foreach (float[] image in made)
        {
            int own = (int)(image.Min() / shape.Length);
            float[] before = Each(images)[own], slope = weights[labels[own]];
            int[] top = [.. Enumerable.Range(0, Pixels).OrderByDescending(p => Math.Exp(slope[p]) + Math.Exp(slope[Pixels + p])).Take(Moved)];
            Assert.All(Enumerable.Range(0, Pixels).Except(top), p => Assert.Equal((before[p], before[Pixels + p]), (image[p], image[Pixels + p])));
            Assert.Equal(top.Select(p => (before[p], before[Pixels + p])).Order(), top.Select(p => (image[p], image[Pixels + p])).Order()); // all channels of a pixel together
            moved += top.Count(p => image[p] != before[p]);
        }
        Assert.Equal(labels.Length, made.Select(i => (int)(i.Min() / shape.Length)).Distinct().Count());
        Assert.True(moved > labels.Length * Moved / 2);

        float[] Weights(int seed) => [.. Numbers(shape.Length, seed).Select(v => (float)v)];
    }

    [Fact]
    public void TheUncertaintyTermIsTheDivergenceOfTheUniformFromTheProbabilities()
    {
        const int Classes = 4;
        double[] f = Numbers(6 * Classes, 5);
        double Naive(double[] g) => Enumerable.Range(0, 6).Average(i =>
        {
            double[] own = g[(i * Classes)..((i + 1) * Classes)];
            double all = own.Sum(Math.Exp);
            return own.Sum(v => 1.0 / Classes * Math.Log(1.0 / Classes / (Math.Exp(v) / all)));
        });
        var logits = tensor(f, [6, Classes]).requires_grad_();
        var term = UncertaintyObjective.Term(logits);
        term.backward();
        Assert.Equal(Naive(f), term.item<double>(), 12);
        Assert.Equal(0, UncertaintyObjective.Term(zeros(2, Classes, dtype: float64)).item<double>(), 12);
        double[] gradient = logits.grad!.data<double>().ToArray();
        for (int i = 0; i < f.Length; i++)
        {
            double[] up = [.. f], down = [.. f];
            (up[i], down[i]) = (up[i] + 1e-5, down[i] - 1e-5);
            Assert.Equal((Naive(up) - Naive(down)) / 2e-5, gradient[i], 1e-8);
        }
    }

    [Fact]
    public void MadeImagesPassTheNetworkWithTheBatch()
    {
        using var network = SmallImages.Quick.Network.Create(SmallImages.Shape, 3, 1);
        var images = Images(6).narrow(1, 0, 1).contiguous();
        var others = images.narrow(0, 0, 4) * 3;
        network.train();
        var step = new TrainingStep(network, images, zeros(6, dtype: int64));
        var joined = step.Join(others);
        var (own, beside) = (step.Features, joined());
        var together = network.Features(cat([images, others], 0)); // batch norm by the same ten images
        Assert.Equal(together.narrow(0, 0, 6).data<float>().ToArray(), own.data<float>().ToArray());
        Assert.Equal(together.narrow(0, 6, 4).data<float>().ToArray(), beside.data<float>().ToArray());
        Assert.Equal(6, step.Logits.shape[0]);
        Assert.Throws<InvalidOperationException>(() => step.Join(others)); // too late
    }

    // By themselves in evaluation mode they had gradients through fixed averages, and the loss ran away (docs/method.md).
    [Fact]
    public void EveryObjectiveWithMadeImagesMakesOnePass()
    {
        ObjectiveOptions[] objectives =
        [
            new CrossEntropyOptions { DensityRatio = new() { Made = [MadeKind.Rotated] } },
            new InBatchOptions { Made = [MadeKind.Rotated] },
            new CrossEntropyOptions { Uncertainty = new() { Made = [MadeKind.Rotated] } },
            new CrossEntropyOptions { Uncertainty = new() }, // and one in evaluation mode, for the gradient
            new InBatchOptions { Made = [MadeKind.Mixed], Uncertainty = new() { Made = [MadeKind.Jigsaw] }, DensityRatio = new() { Made = [MadeKind.Rotated] } },
        ];
        foreach (var options in objectives)
        {
            using var network = SmallImages.Quick.Network.Create(SmallImages.Shape, 3, 1);
            network.train();
            using var objective = options.CreateWhole(new(network, new(), CPU, 1));
            using var terms = objective.Compute(new TrainingStep(network, Images(6).narrow(1, 0, 1).contiguous(), tensor(new long[] { 0, 1, 2, 0, 1, 2 })));
            terms.Loss.backward();
            Assert.True(network.training);
            Assert.All(network.named_buffers().Where(b => b.name.EndsWith("num_batches_tracked", StringComparison.Ordinal)), b => Assert.Equal(1, b.buffer.item<long>()));
            Assert.All(network.named_parameters(), p => Assert.NotNull(p.parameter.grad));
        }
    }

    [Fact]
    public void EveryFormOfNegativesTrains()
    {
        var train = SmallImages.Patterns(90);
        ObjectiveOptions[] objectives =
        [
            new CrossEntropyOptions { DensityRatio = new() { ShuffledFeatures = false, Made = s_pixelKinds } },
            new InBatchOptions { Made = s_pixelKinds },
            new InBatchOptions { Logits = LogitForm.Normalized(0.1), Made = [MadeKind.Salient, MadeKind.Mixed], Uncertainty = new() { Weight = 0.5, Made = [MadeKind.Jigsaw] }, DensityRatio = new() },
            new CrossEntropyOptions { Uncertainty = new() },
        ];
        foreach (var objective in objectives)
        {
            var options = SmallImages.Quick with { Objective = objective, Epochs = 3, Optimizer = OptimizerKind.Adam, LearningRate = 0.005 };
            using var model = ModelTrainer.Train(train, options);
            var scores = model.Score(SmallImages.Patterns(60, 9));
            Assert.True(Enumerable.Range(0, 60).Count(i => scores.PredictedClass[i] == i % 3) > 40, $"{objective}"); // by chance 20
        }
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        Assert.Contains("Weight is 0", Refused(new() { Weight = 0 }), StringComparison.Ordinal);
        Assert.Contains("neither ShuffledFeatures nor Made", Refused(new() { ShuffledFeatures = false }), StringComparison.Ordinal);
        var features = SmallImages.Quick with { Network = new Networks.FeatureNetworkOptions(), Objective = new CrossEntropyOptions { DensityRatio = new() { Made = [MadeKind.Mixed] } } };
        Assert.Contains("Made has 1 kinds, expected none", Assert.ThrowsAny<ArgumentException>(() => features.Validate(ImageShape.Vector(5))).Message, StringComparison.Ordinal);
        (features with { Objective = new CrossEntropyOptions { DensityRatio = new() } }).Validate(ImageShape.Vector(5));

        Assert.Contains("Made is empty", Assert.ThrowsAny<ArgumentException>(() => (SmallImages.Quick with { Objective = new CrossEntropyOptions { Uncertainty = new() { Made = [] } } }).Validate(SmallImages.Shape)).Message, StringComparison.Ordinal);
        Assert.Contains("InBatchOptions.Made has 1 kinds, expected none", Assert.ThrowsAny<ArgumentException>(() =>
            (features with { Objective = new InBatchOptions { Made = [MadeKind.Mixed] } }).Validate(ImageShape.Vector(5))).Message, StringComparison.Ordinal);

        static string Refused(DensityRatioOptions ratio) =>
            Assert.ThrowsAny<ArgumentException>(() => (SmallImages.Quick with { Objective = new CrossEntropyOptions { DensityRatio = ratio } }).Validate(SmallImages.Shape)).Message;
    }
}
