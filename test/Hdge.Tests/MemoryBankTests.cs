using Hdge.Objectives;

namespace Hdge.Tests;

public class MemoryBankTests
{
    private const int Classes = 4;

    /// <summary>As in the published code.</summary>
    private static readonly MemoryBankOptions s_published = new() { Form = MemoryBankForm.PublishedL2, Temperature = 0.1, KeepSameLabelNegatives = true };

    /// <summary>The bank as a plain list of rows, with sums worked out from scratch: the definition.</summary>
    private sealed class NaiveBank(MemoryBankOptions options)
    {
        private readonly List<(double[] Logits, long Label)> _rows = [];

        public int Count => _rows.Count;

        public void Push(double[][] logits, long[] labels)
        {
            _rows.AddRange(logits.Zip(labels));
            if (_rows.Count > options.BankSize)
                _rows.RemoveRange(0, _rows.Count - options.BankSize);
        }

        public double Sum(int label) => _rows.Where(r => options.KeepSameLabelNegatives || r.Label != label).Sum(r => Math.Exp(Score(r.Logits, label)));

        public double Score(double[] logits, int label)
        {
            if (options.Form == MemoryBankForm.Equation13)
                return logits[label] / options.Temperature;
            double q = options.Form == MemoryBankForm.PublishedL2
                ? logits[label] / Math.Sqrt(logits.Sum(v => v * v))
                : Math.Exp(logits[label]) / logits.Sum(Math.Exp);
            return Math.Log(Math.Exp(q) + logits.Length - 1) / options.Temperature;
        }

        public double Loss(double[][] logits, long[] labels) => logits.Zip(labels).Average(r =>
        {
            double positive = Score(r.First, (int)r.Second);
            return -positive + Math.Log(Math.Exp(positive) + Sum((int)r.Second));
        });
    }

    private static (double[][] Logits, long[] Labels) Batch(Random random, int count) =>
        ([.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Classes).Select(_ => 4 * random.NextDouble() - 2).ToArray())],
         [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(Classes))]);

    private static Tensor Rows(double[][] logits) => tensor(logits.SelectMany(r => r).ToArray(), [logits.Length, Classes]);

    private static double Loss(MemoryBankObjective objective, double[][] logits, long[] labels)
    {
        using var scope = NewDisposeScope();
        using var terms = objective.Evaluate(Rows(logits), new(tensor(labels)));
        return terms.Contrastive!.item<double>();
    }

    private static void Push(MemoryBankObjective objective, double[][] logits, long[] labels)
    {
        using var scope = NewDisposeScope();
        objective.Bank.Push(Rows(logits), tensor(labels));
    }

    [Theory]
    [InlineData(MemoryBankForm.PublishedL2, 333, true)]
    [InlineData(MemoryBankForm.PublishedSoftmax, 1000, false)]
    [InlineData(MemoryBankForm.Equation13, 1, true)]
    [InlineData(MemoryBankForm.Equation13, 517, false)]
    public void BlockSumsEqualTheNaiveSumAfterTenThousandRaggedSteps(MemoryBankForm form, int size, bool keepSameLabel)
    {
        var options = new MemoryBankOptions { Form = form, BankSize = size, KeepSameLabelNegatives = keepSameLabel, Temperature = 0.5 };
        var naive = new NaiveBank(options);
        using var objective = new MemoryBankObjective(Classes, options);
        var random = new Random(3);
        for (int step = 0; step < 10_000; step++)
        {
            var (logits, labels) = Batch(random, 1 + random.Next(step % 1000 == 0 ? 2000 : 9));
            if (step % 500 == 3 || step is 0 or 9_999)
            {
                double expected = naive.Loss(logits, labels);
                Assert.Equal(expected, Loss(objective, logits, labels), 1e-6 * Math.Max(1, Math.Abs(expected)));
            }
            naive.Push(logits, labels);
            Push(objective, logits, labels);
            Assert.Equal(naive.Count, objective.Bank.Count);
        }
    }

    [Fact]
    public void SinglePrecisionLogitsGiveTheNaiveSumToAMillionth()
    {
        var options = s_published with { BankSize = 5000 };
        var naive = new NaiveBank(options);
        using var objective = new MemoryBankObjective(Classes, options);
        var random = new Random(4);
        var (logits, labels) = Batch(random, 5000);
        logits = [.. logits.Select(r => r.Select(v => (double)(float)v).ToArray())];
        naive.Push(logits, labels);
        using var scope = NewDisposeScope();
        objective.Bank.Push(Rows(logits).to(float32), tensor(labels));
        double[] sums = objective.Bank.LogSums(float64, CPU).data<double>().ToArray();
        double bound = ContrastiveScores.UpperBound(Classes, options);
        for (int c = 0; c < Classes; c++)
            Assert.Equal(1, Math.Exp(sums[c] + bound - Math.Log(naive.Sum(c))), 1e-6);
    }

    [Fact]
    public void ResumingFromASavedBankGivesTheSameNextLoss()
    {
        var options = s_published with { BankSize = 300 };
        using var first = new MemoryBankObjective(Classes, options);
        using var second = new MemoryBankObjective(Classes, options);
        var random = new Random(5);
        for (int step = 0; step < 70; step++)
        {
            var (logits, labels) = Batch(random, 7);
            Push(first, logits, labels);
        }
        var saved = first.Bank.Save()!.Value;
        using (saved.Entries)
            second.Bank.Restore(saved.Entries, saved.Count, saved.Head);
        for (int step = 0; step < 50; step++)
        {
            var (logits, labels) = Batch(random, 11);
            Assert.Equal(Loss(first, logits, labels), Loss(second, logits, labels));
            Push(first, logits, labels);
            Push(second, logits, labels);
        }
    }

    [Fact]
    public void AColdBankCountsOnlyWhatItHolds()
    {
        using var objective = new MemoryBankObjective(Classes, s_published with { BankSize = 100 });
        var (logits, labels) = Batch(new Random(6), 5);
        Assert.Equal(0, Loss(objective, logits, labels)); // no negatives: nothing to tell apart
        // One negative equal to the positive: both are as likely.
        double[][] one = [logits[0]];
        Push(objective, one, [labels[0]]);
        Assert.Equal(Math.Log(2), Loss(objective, one, [labels[0]]), 12);
    }

    [Fact]
    public void WithEverythingEqualTheLossIsLogOfOnePlusK()
    {
        using var objective = new MemoryBankObjective(Classes, s_published with { BankSize = 64 });
        double[][] same = [.. Enumerable.Repeat(new double[] { 1, -2, 0.5, 3 }, 64)];
        long[] labels = [.. Enumerable.Repeat(2L, 64)];
        Push(objective, same, labels);
        Assert.Equal(Math.Log(65), Loss(objective, same, labels), 12);
    }

    [Fact]
    public void ARandomStartFillsTheBankFromItsSeed()
    {
        var options = s_published with { BankSize = 200, RandomStart = true };
        using var one = new MemoryBankObjective(Classes, options, seed: 1);
        using var again = new MemoryBankObjective(Classes, options, seed: 1);
        using var other = new MemoryBankObjective(Classes, options, seed: 2);
        var (logits, labels) = Batch(new Random(7), 5);
        double loss = Loss(one, logits, labels);
        Assert.Equal(200, one.Bank.Count);
        Assert.True(loss > Math.Log(20), $"200 random negatives give more than {loss}");
        Assert.Equal(loss, Loss(again, logits, labels));
        Assert.NotEqual(loss, Loss(other, logits, labels));
    }

    [Theory]
    [InlineData(MemoryBankForm.Equation13)]
    [InlineData(MemoryBankForm.PublishedL2)]
    [InlineData(MemoryBankForm.PublishedSoftmax)]
    public void HugeZeroAndEqualLogitsStayFinite(MemoryBankForm form)
    {
        using var objective = new MemoryBankObjective(Classes, s_published with { BankSize = 10, Form = form });
        using var scope = NewDisposeScope();
        foreach (float size in new[] { 0f, 1e4f, -1e4f, 1e-20f })
        {
            var logits = full(6, Classes, size).requires_grad_();
            using var terms = objective.Compute(logits, new(zeros(6, dtype: int64)));
            terms.Loss.backward();
            Assert.True(float.IsFinite(terms.Loss.item<float>()), $"loss at {size}");
            Assert.All(logits.grad!.data<float>().ToArray(), g => Assert.True(float.IsFinite(g), $"gradient at {size}"));
        }
    }

    [Fact]
    public void ARestoreOfAnotherSizeIsRefused()
    {
        using var bank = new MemoryBank(Classes, s_published with { BankSize = 300 });
        using var entries = zeros(64, Classes);
        var error = Assert.Throws<ArgumentException>(() => bank.Restore(entries, 1, 1));
        Assert.Contains("[64, 4]", error.Message, StringComparison.Ordinal);
    }
}
