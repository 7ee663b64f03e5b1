using Hdge.Calibration;

namespace Hdge.Tests.Calibration;

public class CalibratorFittingTests
{
    [Fact]
    public void ComparisonIsTheMeanLossOfImagesNotFittedOn()
    {
        // As many folds as images: leaving out one at a time does not depend on how they are dealt.
        var data = Logits.Draw(41, 12, [0.7, 0.7, 0.7]);
        var fit = CalibratorFitting.Fit(data.Values, data.Labels, 3, CalibrationMethod.Auto, folds: 100);
        Assert.Equal(CalibrationMethod.BuiltIn, fit.Candidates.Select(c => c.Method));
        var losses = fit.Candidates.ToDictionary(c => c.Method, c => Enumerable.Range(0, 12).Select(left =>
        {
            int[] kept = [.. Enumerable.Range(0, 12).Where(i => i != left)];
            var calibrator = CalibratorFitting.Fit(kept.SelectMany(i => data.Values[(3 * i)..(3 * i + 3)]).ToArray(), kept.Select(i => data.Labels[i]).ToArray(), 3, c.Method).Calibrator;
            var p = new float[3];
            calibrator.Apply(data.Values.AsSpan(3 * left, 3), p);
            return -Math.Log(p[data.Labels[left]]);
        }).ToArray());
        var best = losses.MinBy(l => l.Value.Average()).Value;
        foreach (var candidate in fit.Candidates)
        {
            double[] difference = [.. losses[candidate.Method].Zip(best, (a, b) => a - b)];
            Assert.Equal(losses[candidate.Method].Average(), candidate.NegativeLogLikelihood, 1e-9);
            Assert.Equal(Math.Sqrt(difference.Sum(d => Math.Pow(d - difference.Average(), 2)) / 11 / 12), candidate.StandardError, 1e-9);
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 0, nameof(CalibrationMethod.None))]
    [InlineData(0.3, 0.3, 0.3, 0, nameof(CalibrationMethod.Temperature))]
    [InlineData(0.3, 1, 0.6, 2, nameof(CalibrationMethod.Vector))]
    public void AutoTakesTheSimplestMethodThatTheBestOneDoesNotBeat(double first, double second, double third, double bias, string name)
    {
        var expected = CalibrationMethod.Parse(name);
        var data = Logits.Draw(42, 3000, [first, second, third], [bias, -bias, 0], spread: 8);
        var fit = CalibratorFitting.Fit(data.Values, data.Labels, 3);
        double best = fit.Candidates.Min(c => c.NegativeLogLikelihood);
        Assert.Equal(fit.Candidates.First(c => c.NegativeLogLikelihood <= best + c.StandardError).Method, fit.Calibrator.Method);
        Assert.Equal(expected, fit.Calibrator.Method); // what the labels were drawn from
        Assert.Equal(CalibratorFitting.Fit(data.Values, data.Labels, 3, expected).Calibrator.ToJson(), fit.Calibrator.ToJson());
    }

    [Fact]
    public void TheSameSeedGivesTheSameComparisonAndNameNeedsNone()
    {
        var data = Logits.Draw(43, 80, [0.5, 0.5, 0.5]);
        IReadOnlyList<CalibrationCandidate> Candidates(int seed) => CalibratorFitting.Fit(data.Values, data.Labels, 3, folds: 3, seed: seed).Candidates;
        Assert.Equal(Candidates(7), Candidates(7));
        Assert.NotEqual(Candidates(7), Candidates(8));
        Assert.Empty(CalibratorFitting.Fit(data.Values, data.Labels, 3, CalibrationMethod.Isotonic).Candidates);
    }

    [Theory]
    [InlineData("one image")]
    [InlineData("two images")]
    [InlineData("one class only")]
    [InlineData("one class only, always wrong")]
    [InlineData("a class missing")]
    [InlineData("always right")]
    [InlineData("equal logits")]
    public void EveryMethodStaysFiniteOnPoorData(string what)
    {
        var data = Logits.Draw(44, what switch { "one image" => 1, "two images" => 2, _ => 40 }, [1, 1, 1]);
        data = what switch
        {
            "one class only" => data with { Labels = new int[40] },
            "one class only, always wrong" => data with { Labels = new int[40], Values = [.. data.Values.Select((f, i) => i % 3 == 0 ? -20f : f)] },
            "a class missing" => data with { Labels = [.. data.Labels.Select(y => Math.Min(y, 1))] },
            "always right" => data with { Labels = [.. Enumerable.Range(0, 40).Select(i => Array.IndexOf(data.Row(i), data.Row(i).Max()))] },
            "equal logits" => data with { Values = new float[120] },
            _ => data,
        };
        foreach (var method in CalibrationMethod.BuiltIn.Prepend(CalibrationMethod.Auto))
        {
            var fit = CalibratorFitting.Fit(data.Values, data.Labels, 3, method);
            var p = new float[data.Values.Length];
            fit.Calibrator.Apply(data.Values, p);
            Assert.All(p, v => Assert.InRange(v, 0f, 1f));
            Assert.Equal(data.Labels.Length, p.Sum(v => (double)v), 1e-4);
            Assert.All(fit.Candidates, c => Assert.True(double.IsFinite(c.NegativeLogLikelihood) && double.IsFinite(c.StandardError)));
            if (method == CalibrationMethod.Auto && what == "one image")
                Assert.Equal(CalibrationMethod.None, fit.Calibrator.Method);
        }
    }

    [Fact]
    public void FoldsHoldTheSameShareOfEveryClass()
    {
        var random = new Random(45);
        int[] labels = [.. Enumerable.Range(0, 203).Select(_ => (int)(4 * random.NextDouble() * random.NextDouble()))];
        int[] fold = StratifiedFolds.Of(labels, 5, 1);
        foreach (var members in labels.Zip(fold).GroupBy(p => p.First).Select(g => g.Select(p => p.Second)).Append(fold))
        {
            int[] sizes = [.. Enumerable.Range(0, 5).Select(f => members.Count(m => m == f))];
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        }
        Assert.Equal(fold, StratifiedFolds.Of(labels, 5, 1));
        Assert.NotEqual(fold, StratifiedFolds.Of(labels, 5, 2));
    }

    [Fact]
    public void BadInputIsRefusedAndCancellingStops()
    {
        Assert.Contains("Logit 1 of row 1 is NaN", Assert.Throws<ArgumentException>(() => CalibratorFitting.Fit([0, 0, 0, float.NaN], [0, 1], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("Logit 0 of row 0", Assert.Throws<ArgumentException>(() => CalibratorFitting.Fit([float.NegativeInfinity, 0], [0], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("Label 0 is 2", Assert.Throws<ArgumentException>(() => CalibratorFitting.Fit([0, 0], [2], 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CalibratorFitting.Fit([], [], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => CalibratorFitting.Fit([0], [0], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CalibratorFitting.Fit([0, 0], [0], 2, folds: 1));
        Assert.Throws<OperationCanceledException>(() => CalibratorFitting.Fit([0, 0, 1, 1], [0, 1], 2, cancellationToken: new(canceled: true)));
        Assert.Contains("Probability 1 is NaN", Assert.Throws<ArgumentException>(() => LogProbabilities.Of([0.5f, float.NaN], new float[2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LogProbabilities.Of([0.5f], new float[2]));
        var log = new float[3];
        LogProbabilities.Of([0, 0.5f, 1.0001f], log);
        Assert.Equal([(float)Math.Log(1e-15), (float)Math.Log(0.5), 0], log);
    }
}
