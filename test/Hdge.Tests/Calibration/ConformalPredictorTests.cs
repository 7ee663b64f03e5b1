using Hdge.Conformal;

namespace Hdge.Tests.Calibration;

public class ConformalPredictorTests
{
    private const int Classes = 6;

    public static TheoryData<ConformalMethod, bool> Forms() => new()
    {
        { ConformalMethod.Thr, false },
        { ConformalMethod.Aps, false },
        { ConformalMethod.Aps, true },
        { ConformalMethod.Raps, false },
        { ConformalMethod.Raps, true },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void CoverageIsWhatWasPromised(ConformalMethod method, bool randomized)
    {
        // Labels that the probabilities know little about: the promise does not rest on them. 1000 fresh calibration sets of 59 images, 40 new images each:
        // with k = ⌈60 · 0.85⌉ the coverage of a set is Beta(k, 60 − k) with mean k/60, the standard error of the mean over all is 0.0023.
        const int Sets = 1000, Calibration = 59, Fresh = 40;
        const double Coverage = 0.85, Tolerance = 4 * 0.0023;
        var random = new Random(51);
        var options = new ConformalOptions { Method = method, Randomized = randomized, Coverage = Coverage, AllowEmpty = true, RegularizationRank = 1 };
        int covered = 0, coveredNeverEmpty = 0;
        var set = new bool[Classes];
        for (int repeat = 0; repeat < Sets; repeat++)
        {
            var (p, y) = Draw(random, Calibration + Fresh);
            var predictor = ConformalPredictor.Fit(p.AsSpan(0, Calibration * Classes), y.AsSpan(0, Calibration), Classes, options);
            var neverEmpty = ConformalPredictor.Fit(p.AsSpan(0, Calibration * Classes), y.AsSpan(0, Calibration), Classes, options with { AllowEmpty = false });
            for (int i = Calibration; i < y.Length; i++)
            {
                predictor.Predict(p.AsSpan(i * Classes, Classes), set);
                covered += set[y[i]] ? 1 : 0;
                Assert.InRange(neverEmpty.Predict(p.AsSpan(i * Classes, Classes), set), 1, Classes);
                coveredNeverEmpty += set[y[i]] ? 1 : 0;
            }
        }
        Assert.InRange(covered / (double)(Sets * Fresh), Coverage - Tolerance, Coverage + 1.0 / (Calibration + 1) + Tolerance);
        Assert.True(coveredNeverEmpty >= covered);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void SetsEqualTheDefinition(ConformalMethod method, bool randomized)
    {
        var random = new Random(52);
        var (p, y) = Draw(random, 200);
        for (int i = 0; i < 40; i++) // ties
            p.AsSpan(i * Classes, Classes).Fill(1f / Classes);
        var options = new ConformalOptions { Method = method, Randomized = randomized, AllowEmpty = true, RegularizationWeight = 0.05, RegularizationRank = 2, Coverage = 0.7 };
        var predictor = ConformalPredictor.Fit(p, y, Classes, options);
        if (!randomized)
        {
            double[] scores = [.. y.Select((label, i) => Score(p[(i * Classes)..((i + 1) * Classes)], label, options, 1)).Order()];
            Assert.Equal(scores[140], predictor.Threshold, 1e-12); // ⌈201 · 0.7⌉ = 141
        }
        var found = new bool[Classes];
        int told = 0;
        for (int i = 0; i < 200; i++)
        {
            float[] row = p[(i * Classes)..((i + 1) * Classes)];
            int count = predictor.Predict(row, found);
            Assert.Equal(found.Count(f => f), count);
            bool In(int c, double u) => Score(row, c, options, u) <= predictor.Threshold + 1e-12;
            if (!randomized)
                Assert.Equal(Enumerable.Range(0, Classes).Select(c => In(c, 1)), found);
            else // one u in (0, 1) explains the whole set
                Assert.Contains(Enumerable.Range(0, 1001), u => Enumerable.Range(0, Classes).All(c => found[c] == In(c, u / 1000.0) || Math.Abs(Score(row, c, options, u / 1000.0) - predictor.Threshold) < 1e-3));
            if (randomized && Enumerable.Range(0, Classes).Any(c => In(c, 0) != In(c, 1)))
                told++;
        }
        if (randomized)
            Assert.InRange(told, 50, 200); // the case was there
    }

    [Theory]
    [InlineData(ConformalMethod.Aps)]
    [InlineData(ConformalMethod.Raps)]
    public void ASetOfAllClassesDoesNotDependOnRounding(ConformalMethod method)
    {
        // The least probable class of every row is its label, so the threshold is the score of a whole row.
        var options = new ConformalOptions { Method = method, Randomized = false };
        var predictor = ConformalPredictor.Fit([0.5f, 0.3f, 0.2f, 0.2f, 0.7f, 0.1f], [2, 2], 3, options with { Coverage = 0.5 });
        Assert.Equal(method == ConformalMethod.Aps ? 1 : 1 + options.RegularizationWeight, predictor.Threshold);
        foreach (float last in new[] { 0.2f, MathF.BitIncrement(0.2f), MathF.BitDecrement(0.2f) })
            Assert.Equal(3, predictor.Predict([0.5f, 0.3f, last], new bool[3]));
    }

    [Theory]
    [InlineData(9, 0.9, 9)]
    [InlineData(8, 0.9, 0)] // ⌈9 · 0.9⌉ = 9 of 8: everything
    [InlineData(99, 0.95, 95)]
    [InlineData(99, 0.07, 7)] // 100 · 0.07 is above 7 in double precision
    [InlineData(100, 0.95, 96)]
    [InlineData(1, 0.5, 1)]
    public void TheThresholdIsTheRightOrderStatistic(int count, double coverage, int rank)
    {
        float[] first = [.. Enumerable.Range(1, count).Select(i => i / 128f)];
        new Random(53).Shuffle(first);
        var predictor = ConformalPredictor.Fit([.. first.SelectMany(p => new[] { 1 - p, p })], new int[count], 2, new() { Method = ConformalMethod.Thr, Coverage = coverage });
        Assert.Equal(rank == 0 ? double.PositiveInfinity : rank / 128.0, predictor.Threshold);
        if (rank == 0)
            Assert.Equal(2, predictor.Predict([1, 0], new bool[2]));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void JsonBringsTheSamePredictorBackAndPredictingDoesNotAllocate(ConformalMethod method, bool randomized)
    {
        var (p, y) = Draw(new Random(54), 50);
        var options = new ConformalOptions { Method = method, Randomized = randomized, Seed = 3 };
        foreach (var predictor in new[] { ConformalPredictor.Fit(p, y, Classes, options), ConformalPredictor.Fit(p, y, Classes, options with { Coverage = 0.999 }) })
        {
            var read = ConformalPredictor.FromJson(predictor.ToJson());
            Assert.Equal((predictor.Options, predictor.Threshold, predictor.ClassCount), (read.Options, read.Threshold, read.ClassCount));
            bool[] a = new bool[Classes], b = new bool[Classes];
            for (int i = 0; i < 50; i++)
            {
                predictor.Predict(p.AsSpan(i * Classes, Classes), a);
                long before = GC.GetAllocatedBytesForCurrentThread();
                read.Predict(p.AsSpan(i * Classes, Classes), b);
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
                Assert.Equal(a, b);
            }
        }
    }

    [Fact]
    public void ManyClassesWorkAsWell()
    {
        const int Many = 1200;
        float[] p = [.. Enumerable.Range(0, Many).Select(c => 2f * c / Many / (Many - 1))];
        var predictor = ConformalPredictor.Fit(p, [Many - 3], Many, new() { Method = ConformalMethod.Aps, Randomized = false, Coverage = 0.5 });
        var set = new bool[Many];
        Assert.Equal(3, predictor.Predict(p, set));
        Assert.Equal([Many - 3, Many - 2, Many - 1], Enumerable.Range(0, Many).Where(c => set[c]));
    }

    [Fact]
    public void BadInputIsRefused()
    {
        void Refused(string expected, Func<object> act) => Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);
        foreach (double coverage in new[] { 0, 1, double.NaN, -1 })
            Refused("Coverage is", () => ConformalPredictor.Fit([0.5f, 0.5f], [0], 2, new() { Coverage = coverage }));
        Refused("RegularizationWeight", () => ConformalPredictor.Fit([0.5f, 0.5f], [0], 2, new() { RegularizationWeight = double.NaN }));
        Refused("RegularizationRank", () => ConformalPredictor.Fit([0.5f, 0.5f], [0], 2, new() { RegularizationRank = -1 }));
        Refused("Method", () => ConformalPredictor.Fit([0.5f, 0.5f], [0], 2, new() { Method = (ConformalMethod)9 }));
        Refused("at least one label", () => ConformalPredictor.Fit([], [], 2));
        Refused("sum to", () => ConformalPredictor.Fit([0.5f, 0.4f], [0], 2));
        var predictor = ConformalPredictor.Fit([0.5f, 0.5f], [0], 2);
        Refused("expected 2 of both", () => predictor.Predict([1], new bool[2]));
        Refused("Probability 1 is NaN", () => predictor.Predict([1, float.NaN], new bool[2]));
        foreach (string json in new[] { "", "null", "{}", """{"ClassCount":2,"Options":{}}""", """{"ClassCount":2,"Options":{},"Threshold":"NaN"}""", """{"ClassCount":2,"Options":{"Coverage":2},"Threshold":1}""", """{"ClassCount":1,"Options":{},"Threshold":1}""", """{"ClassCount":2,"Options":{"Method":"Other"},"Threshold":1}""" })
            Assert.Throws<InvalidDataException>(() => ConformalPredictor.FromJson(json));
    }

    /// <summary>Random rows; the label is drawn from something between the row and pure chance.</summary>
    private static (float[] Probabilities, int[] Labels) Draw(Random random, int count)
    {
        var (probabilities, labels) = (new float[count * Classes], new int[count]);
        for (int i = 0; i < count; i++)
        {
            double[] row = Logits.Softmax([.. Enumerable.Range(0, Classes).Select(_ => 5 * random.NextDouble())]);
            for (int c = 0; c < Classes; c++)
                probabilities[i * Classes + c] = (float)row[c];
            double at = random.NextDouble();
            while (labels[i] < Classes - 1 && (at -= 0.6 * row[labels[i]] + 0.4 / Classes) > 0)
                labels[i]++;
        }
        return (probabilities, labels);
    }

    private static double Score(float[] row, int label, ConformalOptions options, double u)
    {
        if (options.Method == ConformalMethod.Thr)
            return 1 - (double)row[label];
        int[] above = [.. Enumerable.Range(0, row.Length).Where(c => row[c] > row[label] || (row[c] == row[label] && c < label))];
        double score = above.Sum(c => (double)row[c]) + u * row[label];
        return options.Method == ConformalMethod.Aps ? score : score + options.RegularizationWeight * Math.Max(0, above.Length + 1 - options.RegularizationRank);
    }
}
