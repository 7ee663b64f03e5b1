using Hdge.Objectives;

namespace Hdge.Tests;

/// <summary>The objectives' values and gradients against naive double-precision computations, and what happens at their edges.</summary>
public class ObjectiveTests
{
    private const int Classes = 4;

    private static readonly long[] s_labels = [2, 0, 2, 3, 0, 1];

    private static double[][] Logits(int seed, double size = 3)
    {
        var random = new Random(seed);
        return [.. s_labels.Select(_ => Enumerable.Range(0, Classes).Select(_ => size * (2 * random.NextDouble() - 1)).ToArray())];
    }

    private static Tensor Rows(double[][] rows) => tensor(rows.SelectMany(r => r).ToArray(), [rows.Length, rows[0].Length]);

    private static double LogSumExp(IEnumerable<double> values)
    {
        double top = values.Max();
        return top + Math.Log(values.Sum(v => Math.Exp(v - top)));
    }

    private static double CrossEntropy(double[][] logits) => logits.Zip(s_labels).Average(r => LogSumExp(r.First) - r.First[r.Second]);

    /// <summary>Loss and terms with the gradient of the loss.</summary>
    private static (double Loss, ObjectiveTerms Terms, double[] Gradient) Run(Func<Tensor, Tensor, ObjectiveTerms> compute, double[][] logits, long[] labels)
    {
        var rows = Rows(logits).requires_grad_();
        var terms = compute(rows, tensor(labels));
        terms.Loss.backward();
        return (terms.Loss.item<double>(), terms, rows.grad!.data<double>().ToArray());
    }

    /// <summary>Central differences of a loss worked out naively.</summary>
    private static double[] Slope(double[][] logits, Func<double[][], double> loss) => [.. from i in Enumerable.Range(0, logits.Length)
        from c in Enumerable.Range(0, logits[0].Length)
        let step = 1e-5
        select (loss(Moved(logits, i, c, step)) - loss(Moved(logits, i, c, -step))) / (2 * step)];

    private static double[][] Moved(double[][] logits, int row, int column, double by)
    {
        double[][] copy = [.. logits.Select(r => (double[])r.Clone())];
        copy[row][column] += by;
        return copy;
    }

    private static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void LabelSmoothingSpreadsAShareOfTheTarget(double smoothing)
    {
        using var scope = NewDisposeScope();
        double[][] logits = Logits(1);
        double expected = logits.Zip(s_labels).Average(r =>
        {
            double total = LogSumExp(r.First);
            return Enumerable.Range(0, Classes).Sum(c => ((c == r.Second ? 1 - smoothing : 0) + smoothing / Classes) * (total - r.First[c]));
        });
        var (loss, terms, _) = Run((x, y) => CrossEntropyObjective.Compute(x, new(y) { LabelSmoothing = smoothing }), logits, s_labels);
        Assert.Equal(expected, loss, 12);
        Assert.Equal(CrossEntropy(logits), terms.CrossEntropy!.item<double>(), 12);
    }

    [Fact]
    public void HybridWithAlphaOneIsCrossEntropyAndWithAlphaZeroTheGenerativeTermAlone()
    {
        using var scope = NewDisposeScope();
        double[][] logits = Logits(2), earlier = Logits(3);
        const double Temperature = 0.5;
        double[] negatives = [.. s_labels.Select(y => earlier.Zip(s_labels).Where(r => r.Second != y).Sum(r => Math.Exp(r.First[y] / Temperature)))];
        double Generative(double[][] f) => f.Zip(s_labels).Select((r, i) =>
        {
            double positive = r.First[r.Second] / Temperature;
            return -positive + Math.Log(Math.Exp(positive) + negatives[i]);
        }).Average();

        foreach (double alpha in new[] { 0, 1 })
        {
            using var objective = new MemoryBankObjective(Classes, new MemoryBankOptions { Alpha = alpha, Temperature = Temperature, BankSize = 50 });
            objective.Bank.Push(Rows(earlier), tensor(s_labels));
            Func<double[][], double> naive = alpha == 1 ? CrossEntropy : Generative;
            var (loss, terms, gradient) = Run((x, y) => objective.Compute(x, new(y)), logits, s_labels);
            Assert.Equal(naive(logits), loss, 10);
            Close(Slope(logits, naive), gradient, 1e-7);
            // Both terms are told either way.
            Assert.Equal(CrossEntropy(logits), terms.CrossEntropy!.item<double>(), 10);
            Assert.Equal(Generative(logits), terms.Contrastive!.item<double>(), 10);
            Assert.Equal(12, objective.Bank.Count);
        }
    }

    [Fact]
    public void ATermOfWeightZeroCannotSpoilTheLoss()
    {
        using var scope = NewDisposeScope();
        // An infinite logit of another class: cross-entropy is infinite, its gradient NaN; the contrastive term does not look at it.
        var logits = Rows(Logits(4));
        logits[0, 1] = double.PositiveInfinity;
        logits.requires_grad_();
        using var objective = new MemoryBankObjective(Classes, new MemoryBankOptions { Alpha = 0, BankSize = 50 });
        objective.Bank.Push(Rows(Logits(5)), tensor(s_labels));
        using var terms = objective.Evaluate(logits, new(tensor(s_labels)));
        terms.Loss.backward();
        Assert.True(double.IsFinite(terms.Loss.item<double>()));
        Assert.All(logits.grad!.data<double>().ToArray(), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void InBatchContrastsEveryImageWithTheWholeBatchAndLetsGradientsThrough()
    {
        using var scope = NewDisposeScope();
        double[][] logits = Logits(6);
        const double Alpha = 0.25, Temperature = 0.7;
        double Naive(double[][] f) => Alpha * CrossEntropy(f) + (1 - Alpha) * f.Zip(s_labels).Average(r =>
            -r.First[r.Second] / Temperature + Math.Log(f.Sum(other => Math.Exp(other[r.Second] / Temperature))));
        using var objective = new InBatchObjective(new InBatchOptions { Alpha = Alpha, Temperature = Temperature });
        var (loss, _, gradient) = Run((x, y) => objective.Compute(x, new(y)), logits, s_labels);
        Assert.Equal(Naive(logits), loss, 12);
        Close(Slope(logits, Naive), gradient, 1e-8);
    }

    [Fact]
    public void InBatchContrastsWithMadeImagesToo()
    {
        using var scope = NewDisposeScope();
        double[][] logits = Logits(6), made = Logits(8)[..3];
        const double Alpha = 0.25, Temperature = 0.7;
        double Naive(double[][] f, double[][] g) => Alpha * CrossEntropy(f) + (1 - Alpha) * f.Zip(s_labels).Average(r =>
            -r.First[r.Second] / Temperature + Math.Log(f.Concat(g).Sum(other => Math.Exp(other[r.Second] / Temperature))));
        using var objective = new InBatchObjective(new InBatchOptions { Alpha = Alpha, Temperature = Temperature });
        var (loss, _, gradient) = Run((x, y) => objective.Compute(x, new(y), Rows(made)), logits, s_labels);
        Assert.Equal(Naive(logits, made), loss, 12);
        Close(Slope(logits, f => Naive(f, made)), gradient, 1e-8);
        var (_, _, ofMade) = Run((x, y) => objective.Compute(Rows(logits), new(tensor(s_labels)), x), made, s_labels);
        Close(Slope(made, g => Naive(logits, g)), ofMade, 1e-8);
    }

    [Fact]
    public void InBatchKeepsTheDigitsOfALossNearZero()
    {
        using var scope = NewDisposeScope();
        // Each image far ahead in its own class: the loss is log(1 + e^{-50}), which −s + log Σ would round to 0.
        using var objective = new InBatchObjective(new InBatchOptions { Alpha = 0 });
        var (loss, _, gradient) = Run((x, y) => objective.Compute(x, new(y)), [[50, 0], [0, 50]], [0, 1]);
        Assert.Equal(1, loss / Math.Exp(-50), 9);
        Assert.Equal(-0.5, gradient[0] / Math.Exp(-50), 9);
    }

    [Fact]
    public void TheContrastiveDensityNeedsNoLabels()
    {
        using var scope = NewDisposeScope();
        double[][] logits = Logits(7), earlier = Logits(8);
        const double Temperature = 2;
        double sum = earlier.TakeLast(5).Sum(f => Math.Exp(LogSumExp(f) / Temperature));
        double Naive(double[][] all) => all.Average(f =>
        {
            double density = LogSumExp(f) / Temperature;
            return -density + Math.Log(Math.Exp(density) + sum);
        });
        foreach (long[] labels in new[] { s_labels, [1, 1, 1, 1, 1, 1] })
        {
            using var objective = new ContrastiveDensityObjective(new ContrastiveDensityOptions { Alpha = 0, Temperature = Temperature, BankSize = 5 });
            objective.Compute(Rows(earlier), new(tensor(s_labels))).Dispose();
            var (loss, terms, gradient) = Run((x, y) => objective.Compute(x, new(y)), logits, labels);
            Assert.Equal(Naive(logits), loss, 10);
            Assert.Equal(loss, terms.Density!.item<double>());
            Assert.Null(terms.Contrastive);
            Close(Slope(logits, Naive), gradient, 1e-8);
            Assert.Equal(5, objective.Bank.Count);
        }
        using var joint = new ContrastiveDensityObjective(new ContrastiveDensityOptions { Alpha = 0.75, Temperature = Temperature, BankSize = 5 });
        joint.Compute(Rows(earlier), new(tensor(s_labels))).Dispose();
        Assert.Equal(0.75 * CrossEntropy(logits) + 0.25 * Naive(logits), Run((x, y) => joint.Compute(x, new(y)), logits, s_labels).Loss, 10);
    }

    [Fact]
    public void SupervisedContrastiveIsTheMeanOverAnchorsWithPositives()
    {
        using var scope = NewDisposeScope();
        double[][] embeddings = Logits(9);
        long[] labels = [0, 1, 0, 2, 1, 0]; // the image of class 2 is alone
        const double Temperature = 0.3;
        double Naive(double[][] z)
        {
            double Similarity(int i, int a) => z[i].Zip(z[a]).Sum(p => p.First * p.Second)
                / Math.Sqrt(z[i].Sum(v => v * v) * z[a].Sum(v => v * v)) / Temperature;
            var anchors = new List<double>();
            for (int i = 0; i < z.Length; i++)
            {
                int[] others = [.. Enumerable.Range(0, z.Length).Where(a => a != i)], positives = [.. others.Where(a => labels[a] == labels[i])];
                if (positives.Length > 0)
                    anchors.Add(-positives.Average(p => Similarity(i, p) - LogSumExp(others.Select(a => Similarity(i, a)))));
            }
            return anchors.Average();
        }
        var (loss, _, gradient) = Run((z, y) => new ObjectiveTerms(SupervisedContrastive.Term(z, y, Temperature), null), embeddings, labels);
        Assert.Equal(Naive(embeddings), loss, 12);
        Close(Slope(embeddings, Naive), gradient, 1e-8);
    }

    [Theory]
    [InlineData("in-batch")]
    [InlineData("supcon")]
    [InlineData("density")]
    public void EdgesGiveFiniteLossesAndGradients(string form)
    {
        using var scope = NewDisposeScope();
        foreach (float size in new[] { 0f, 1e4f, -1e4f, 1e-20f })
            foreach (long[] labels in new long[][] { [0, 0, 1], [0, 1, 2], [3] })
            {
                var logits = full(labels.Length, Classes, size).requires_grad_();
                using var density = new ContrastiveDensityObjective(new ContrastiveDensityOptions());
                using var inBatch = new InBatchObjective(new InBatchOptions());
                using var terms = form switch
                {
                    "in-batch" => inBatch.Compute(logits, new(tensor(labels))),
                    "density" => density.Compute(logits, new(tensor(labels))),
                    _ => new ObjectiveTerms(SupervisedContrastive.Term(logits, tensor(labels), 0.07), null),
                };
                terms.Loss.backward();
                float loss = terms.Loss.item<float>();
                float[] gradient = logits.grad!.data<float>().ToArray();
                Assert.True(float.IsFinite(loss), $"{form} at {size}, {labels.Length} images: {loss}");
                Assert.All(gradient, g => Assert.True(float.IsFinite(g), $"{form} at {size}, {labels.Length} images"));
                if (form == "supcon" && labels.Distinct().Count() == labels.Length) // no anchor has a positive
                    Assert.All(gradient.Append(loss), v => Assert.Equal(0, v));
            }
    }

    [Fact]
    public void AnImageAloneHasNothingToBeContrastedWith()
    {
        using var scope = NewDisposeScope();
        using var objective = new InBatchObjective(new InBatchOptions { Alpha = 0 });
        var (loss, _, gradient) = Run((x, y) => objective.Compute(x, new(y)), [[3, 1, 2]], [1]);
        Assert.Equal(0, loss);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }
}
