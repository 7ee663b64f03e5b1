using Hdge.Networks;
using Hdge.Robustness;

namespace Hdge.Tests;

/// <summary>Attacks on a linear model, where the worst image is known in closed form, and on a convolutional network.</summary>
public class PgdTests
{
    private static readonly ImageShape s_shape = new(2, 4, 4);
    private static readonly PixelScaling s_scaling = new() { Mean = [0.4f, 0.6f], StandardDeviation = [0.5f, 0.25f] }; // a unit of pixel is worth twice as much in the second channel

    /// <summary>A linear model of three classes, and images with values at both ends of the range among them.</summary>
    private static (HdgeModel Model, float[][] Weights, float[] Bias, ImageSet Images) Linear(int classes = 3, int seed = 1)
    {
        var random = new Random(seed);
        float[][] weights = [.. Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, s_shape.Length).Select(_ => (float)(2 * random.NextDouble() - 1)).ToArray())];
        float[] bias = [.. Enumerable.Range(0, classes).Select(_ => (float)random.NextDouble())];
        byte[] pixels = [.. Enumerable.Range(0, 12 * s_shape.Length).Select(_ => (byte)Math.Clamp(random.Next(-60, 315), 0, 255))];
        int[] labels = [.. Enumerable.Range(0, 12).Select(_ => random.Next(classes))];
        return (new HdgeModel(new LinearBackbone(s_shape, weights, bias), s_scaling, CPU), weights, bias, ImageSet.FromBytes(s_shape, pixels, labels, classes));
    }

    private static double[] Pixels(ImageSet images, int i) => images.IsBytes ? [.. images.Bytes(i).ToArray().Select(b => (double)(b / 255f))] : [.. images.Singles(i).ToArray().Select(v => (double)v)];

    private static double Distance(PgdNorm norm, double[] a, double[] b) => norm == PgdNorm.LInfinity
        ? a.Zip(b).Max(p => Math.Abs(p.First - p.Second))
        : Math.Sqrt(a.Zip(b).Sum(p => (p.First - p.Second) * (p.First - p.Second)));

    private static double[] Logits(float[][] weights, float[] bias, double[] pixels) => [.. weights.Zip(bias).Select(row =>
        row.Second + row.First.Select((w, p) => w * (pixels[p] - s_scaling.Mean[p / 16]) / s_scaling.StandardDeviation[p / 16]).Sum())];

    private static double Loss(double[] logits, int label) => Math.Log(logits.Sum(f => Math.Exp(f - logits[label])));

    [Theory]
    [InlineData(PgdNorm.LInfinity, 0.05, 1)]
    [InlineData(PgdNorm.LInfinity, 0.7, 4)]
    [InlineData(PgdNorm.L2, 0.3, 1)]
    [InlineData(PgdNorm.L2, 3, 4)]
    public void TheResultStaysInTheBallAndInTheRangeAndNeverLowersTheLoss(PgdNorm norm, double epsilon, int restarts)
    {
        var (model, weights, bias, images) = Linear();
        using var _ = model;
        foreach (double step in new[] { 0.01, 5 })
        {
            var result = Pgd.Attack(model, images, new PgdOptions { Norm = norm, Epsilon = epsilon, Steps = 6, StepSize = step, Restarts = restarts });
            for (int i = 0; i < images.Count; i++)
            {
                double[] before = Pixels(images, i), after = Pixels(result.Images, i);
                Assert.InRange(Distance(norm, before, after), 0, epsilon + 1e-6);
                Assert.All(after, v => Assert.InRange(v, 0, 1));
                Assert.True(result.Loss[i] >= result.CleanLoss[i]);
                Assert.Equal(Loss(Logits(weights, bias, before), images.Labels[i]), result.CleanLoss[i], 1e-4);
                Assert.Equal(Loss(Logits(weights, bias, after), images.Labels[i]), result.Loss[i], 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(PgdNorm.LInfinity, 0.1)]
    [InlineData(PgdNorm.LInfinity, 0.6)]
    [InlineData(PgdNorm.L2, 0.2)]
    [InlineData(PgdNorm.L2, 2)]
    public void ALinearModelIsAttackedOptimally(PgdNorm norm, double epsilon)
    {
        var (model, weights, _, images) = Linear(classes: 2);
        using var _ = model;
        var result = Pgd.Attack(model, images, new PgdOptions { Norm = norm, Epsilon = epsilon, Steps = 60, StepSize = epsilon / 4 });
        for (int i = 0; i < images.Count; i++)
        {
            // The slope of the loss with respect to the pixels; the best change follows it, cut to the range of an image.
            int y = images.Labels[i];
            double[] before = Pixels(images, i);
            double[] slope = [.. weights[1 - y].Zip(weights[y]).Select((w, p) => (w.First - w.Second) / s_scaling.StandardDeviation[p / 16])];
            double[] best = norm == PgdNorm.LInfinity ? Cut(slope.Select(s => epsilon * Math.Sign(s))) : Longest();
            double expected = slope.Zip(best).Sum(p => p.First * p.Second);
            double actual = slope.Zip(Pixels(result.Images, i).Zip(before)).Sum(p => p.First * (p.Second.First - p.Second.Second));
            Assert.Equal(1, actual / expected, 1e-3);
            Assert.True(actual <= expected * (1 + 1e-5), $"{actual} is above the optimum {expected}");

            double[] Cut(IEnumerable<double> change) => [.. change.Zip(before).Select(p => Math.Clamp(p.Second + p.First, 0, 1) - p.Second)];

            // min ⟨−slope, δ⟩ over ball and box: δ = cut(t·slope) with the largest t of length ε (Karush–Kuhn–Tucker).
            double[] Longest()
            {
                double low = 0, high = 1e6;
                for (int halving = 0; halving < 200; halving++)
                {
                    double middle = (low + high) / 2;
                    (low, high) = Math.Sqrt(Cut(slope.Select(s => s * middle)).Sum(v => v * v)) <= epsilon ? (middle, high) : (low, middle);
                }
                return Cut(slope.Select(s => s * low));
            }
        }
    }

    [Fact]
    public void AVerySureModelIsAttackedAllTheSame()
    {
        // Logits a thousand times as large: in single precision the cross-entropy's own gradient is 0 where the label leads.
        var (_, weights, bias, images) = Linear(classes: 2);
        using var model = new HdgeModel(new LinearBackbone(s_shape, [.. weights.Select(row => row.Select(w => 1000 * w).ToArray())], bias), s_scaling, CPU);
        var result = Pgd.Attack(model, images, new PgdOptions { Epsilon = 0.6, Steps = 20 });
        Assert.Contains(result.CleanLoss, loss => loss == 0);
        Assert.Equal(1, result.BrokenShare);
    }

    [Fact]
    public void WithEpsilonZeroTheInputComesBack()
    {
        var (model, _, _, images) = Linear();
        using var _ = model;
        foreach (var norm in Enum.GetValues<PgdNorm>())
        {
            var result = Pgd.Attack(model, images, new PgdOptions { Norm = norm, Epsilon = 0, Restarts = 3 });
            for (int i = 0; i < images.Count; i++)
                Assert.Equal(Pixels(images, i), Pixels(result.Images, i));
            Assert.Equal(result.CleanLoss, result.Loss);
            var scores = model.Score(images);
            Assert.Equal(Enumerable.Range(0, images.Count).Select(i => scores.PredictedClass[i] == images.Labels[i] ? double.PositiveInfinity : 0), result.Distance);
        }
    }

    [Fact]
    public void ATargetedAttackLowersTheTargetsLossAndTellsWhatReachedIt()
    {
        var (model, weights, bias, images) = Linear();
        using var _ = model;
        int[] targets = [.. Enumerable.Range(0, images.Count).Select(i => (images.Labels[i] + 1) % 3)];
        var result = Pgd.Attack(model, images, new PgdOptions { Norm = PgdNorm.L2, Epsilon = 0.5 }, targets);
        var scores = model.Score(result.Images);
        for (int i = 0; i < images.Count; i++)
        {
            double before = Loss(Logits(weights, bias, Pixels(images, i)), targets[i]), after = Loss(Logits(weights, bias, Pixels(result.Images, i)), targets[i]);
            Assert.True(after < before, $"image {i}: {before} to {after}");
            Assert.Equal(after, result.Loss[i], 1e-4);
            if (scores.PredictedClass[i] == targets[i])
                Assert.InRange(result.Distance[i], 0, 0.5);
        }
        Assert.InRange(result.BrokenShare, 0.1, 0.9);
        Assert.Equal(images.Labels.ToArray(), result.Images.Labels.ToArray());
    }

    [Fact]
    public void TheDistanceIsThatOfTheNearestDecisionBoundaryOrMore()
    {
        var (model, weights, bias, images) = Linear(classes: 2);
        using var _ = model;
        const double Epsilon = 3;
        // Small steps from the image along a straight line: the first image across the boundary is at most a step behind it.
        var result = Pgd.Attack(model, images, new PgdOptions { Norm = PgdNorm.L2, Epsilon = Epsilon, Steps = 300, StepSize = 0.01, RandomStart = false, ClipMinimum = -10, ClipMaximum = 10 });
        for (int i = 0; i < images.Count; i++)
        {
            double[] logits = Logits(weights, bias, Pixels(images, i));
            int y = images.Labels[i];
            double[] slope = [.. weights[1 - y].Zip(weights[y]).Select((w, p) => (w.First - w.Second) / s_scaling.StandardDeviation[p / 16])];
            double boundary = Math.Max(0, (logits[y] - logits[1 - y]) / Math.Sqrt(slope.Sum(s => s * s)));
            Assert.InRange(result.Distance[i], boundary - 1e-5, boundary + 0.0101);
        }
    }

    [Fact]
    public void TheSameSeedGivesTheSameImagesAndAnotherSeedOthers()
    {
        var (model, _, _, images) = Linear();
        using var _ = model;
        float[] Found(int seed) => Pgd.Attack(model, images, new PgdOptions { Epsilon = 0.1, Steps = 1, StepSize = 1e-3, Restarts = 2, Seed = seed }).Images.Singles(0, images.Count).ToArray();
        float[] first = Found(1);
        using (var noise = randn(3)) // the process-wide generator must not matter
            Assert.Equal(first, Found(1));
        Assert.NotEqual(first, Found(2));
    }

    [Fact]
    public void WeightsAndTheirGradientsAreLeftAlone()
    {
        var images = SmallImages.Patterns(6);
        using var model = new HdgeModel(new WideResNetOptions().Create(SmallImages.Shape, 3, 1), new PixelScaling(), CPU);
        var before = model.Network.state_dict().ToDictionary(w => w.Key, w => w.Value.to(float32).data<float>().ToArray());
        Pgd.Attack(model, images, new PgdOptions { Steps = 2 });
        Assert.All(model.Network.parameters(), p => Assert.Null(p.grad));
        using (var input = zeros(1, 1, 8, 8))
        using (var loss = model.Network.call(input).sum())
            loss.backward();
        float[][] gradients = [.. model.Network.parameters().Select(p => p.grad!.data<float>().ToArray())];
        using (no_grad()) // a caller's mode must not matter
            Pgd.Attack(model, images, new PgdOptions { Steps = 2 });
        Assert.Equal(gradients, model.Network.parameters().Select(p => p.grad!.data<float>().ToArray()));
        Assert.All(model.Network.parameters(), p => Assert.True(p.requires_grad));
        Assert.All(model.Network.state_dict(), w => Assert.Equal(before[w.Key], w.Value.to(float32).data<float>().ToArray()));
    }

    [Fact]
    public void ImagesOutsideOfTheRangeKeepWhatIsOutside()
    {
        var (model, _, _, _) = Linear();
        using var _ = model;
        float[] pixels = [.. Enumerable.Range(0, s_shape.Length).Select(p => p % 2 == 0 ? -0.2f : 1.3f)];
        var images = ImageSet.FromSingles(s_shape, pixels, [0], 3);
        foreach (var norm in Enum.GetValues<PgdNorm>())
        {
            var result = Pgd.Attack(model, images, new PgdOptions { Norm = norm, Epsilon = 0.5, Restarts = 2 });
            Assert.All(Pixels(result.Images, 0), v => Assert.InRange(v, -0.2f, 1.3f));
            Assert.InRange(Distance(norm, Pixels(images, 0), Pixels(result.Images, 0)), 0.1, 0.5 + 1e-6);
        }
    }

    [Fact]
    public void TheCurveCountsWhatNoRestartBreaksAndNeverRises()
    {
        var (model, weights, bias, images) = Linear(classes: 2);
        using var _ = model;
        double[] epsilons = [0.5, 0, 0.02, 0.1];
        var seen = new List<RobustnessPoint>();
        var curve = RobustAccuracy.Curve(model, images, epsilons, new PgdOptions { Steps = 20, Restarts = 2 }, seen.Add);
        Assert.Equal([0, 0.02, 0.1, 0.5], curve.Select(p => p.Epsilon));
        Assert.Equal(curve.Select(p => p.Epsilon), seen.Select(p => p.Epsilon));
        // A linear model of two classes is broken within ε exactly where the best change of ALinearModelIsAttackedOptimally crosses the boundary.
        foreach (var (epsilon, accuracy) in curve)
        {
            int right = Enumerable.Range(0, images.Count).Count(i =>
            {
                int y = images.Labels[i];
                double[] at = [.. Pixels(images, i).Select((v, p) => Math.Clamp(v + epsilon * Math.Sign(weights[1 - y][p] - weights[y][p]), 0, 1))];
                double[] logits = Logits(weights, bias, at);
                return logits[y] > logits[1 - y];
            });
            Assert.Equal(right / 12.0, accuracy, 12);
        }
        Assert.True(curve[0].Accuracy > curve[^1].Accuracy);
    }

    [Fact]
    public void ACancelledAttackStops()
    {
        var (model, _, _, images) = Linear();
        using var _ = model;
        using var source = new CancellationTokenSource();
        int points = 0;
        Assert.Throws<OperationCanceledException>(() => RobustAccuracy.Curve(model, images, [0, 0.1, 0.2], null, _ =>
        {
            points++;
            source.Cancel();
        }, source.Token));
        Assert.Equal(1, points);
    }

    [Fact]
    public void BadInputIsRefused()
    {
        var (model, _, _, images) = Linear();
        using var _ = model;
        void Refused(string part, Action act) => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);
        Refused("Epsilon is -1", () => Pgd.Attack(model, images, new PgdOptions { Epsilon = -1 }));
        Refused("Epsilon is NaN", () => Pgd.Attack(model, images, new PgdOptions { Epsilon = double.NaN }));
        Refused("StepSize is 0", () => Pgd.Attack(model, images, new PgdOptions { StepSize = 0 }));
        Refused("Steps is 0", () => Pgd.Attack(model, images, new PgdOptions { Steps = 0 }));
        Refused("Restarts is 2, expected 1 without RandomStart", () => Pgd.Attack(model, images, new PgdOptions { Restarts = 2, RandomStart = false }));
        Refused("ClipMaximum is 0", () => Pgd.Attack(model, images, new PgdOptions { ClipMaximum = 0 }));
        Refused("1x8x8, the model takes 2x4x4", () => Pgd.Attack(model, SmallImages.Patterns(3)));
        Refused("3 targets for 12 images", () => Pgd.Attack(model, images, null, [0, 1, 2]));
        Refused("target of image 0 is 3", () => Pgd.Attack(model, images, null, [.. Enumerable.Repeat(3, 12)]));
        Refused("label of image 0 is 7", () => Pgd.Attack(model, ImageSet.FromBytes(s_shape, new byte[32], [7], 10)));
        Refused("0 radii", () => RobustAccuracy.Curve(model, images, []));
    }
}
