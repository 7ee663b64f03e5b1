using System.Text.Json;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Networks;
using Hdge.Reports;

namespace Hdge.Tests.Detection;

/// <summary>The one decision: its rule, that every score obeys it, and that evaluations read it.</summary>
public class DecisionTests
{
    private readonly ImageSet _train = SmallImages.Patterns(90, 1), _heldOut = SmallImages.Patterns(60, 2), _test = SmallImages.Patterns(40, 3);

    public static TheoryData<DetectionScore> Scores => [.. DetectorRegistry.All.Except([DetectionScore.Rotation])]; // which asks for a head of its own

    private static HdgeModel Create() => new(new WideResNetOptions().Create(SmallImages.Shape, 3, 1), new PixelScaling(), CPU);

    [Theory]
    [InlineData(1, 0.95)]
    [InlineData(2, 0.5)]
    [InlineData(5, 0.95)]
    [InlineData(60, 0.07)]
    [InlineData(60, 1)]
    [InlineData(999, 0.95)]
    [InlineData(1000, 0.993)]
    public void AtLeastTheRateIsKeptAndNoLowerBoundAboveItKeepsAsMuch(int count, double rate)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            // Heavy tails and ties: also the upper side refuses some.
            float[] scores = [.. Enumerable.Range(0, count).Select(_ => MathF.Round((float)Math.Pow(random.NextDouble() + 1e-3, -1.5), 1))];
            var decision = Decision.Fit(DetectionScore.Vim, scores, rate);
            int asked = (int)Math.Ceiling(rate * count - 1e-9);
            Assert.True(scores.Count(decision.Keeps) >= asked);
            Assert.Contains((float)decision.Lower, scores);
            Assert.True(scores.Count(s => s > decision.Lower && s <= decision.Upper) < asked);
        }
    }

    [Fact]
    public void TheUpperSideLiesAsFarAboveTheHighQuantileAsThatAboveTheMedian()
    {
        float[] scores = [.. Enumerable.Range(1, 1000).Select(i => (float)i)];
        new Random(1).Shuffle(scores);
        var decision = Decision.Fit(DetectionScore.LogDensity, scores, 0.9);
        Assert.Equal((101, 990 + 490), (decision.Lower, decision.Upper));
        Assert.True(decision.Keeps(101) && decision.Keeps(1480) && !decision.Keeps(100) && !decision.Keeps(1481));
        // One score far off does not move it, and the rate holds without that one.
        scores[7] = 1e9f;
        var other = Decision.Fit(DetectionScore.LogDensity, scores, 0.9);
        Assert.InRange(other.Upper, 1480, 1482);
        Assert.False(other.Keeps(1e9f));
        Assert.Equal(900, scores.Count(other.Keeps));
        Assert.Equal(1e9, Decision.Fit(DetectionScore.LogDensity, scores, 1).Upper);
    }

    [Fact]
    public void EqualScoresHaveNoUpperSideAndWhatIsNoNumberIsRefused()
    {
        Assert.Equal((0.5, double.PositiveInfinity), Decision.Fit(DetectionScore.MaxProbability, [0.5f, 0.5f, 0.5f], 0.5) is var d ? (d.Lower, d.Upper) : default);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            Assert.Contains("image 1", Assert.Throws<ArgumentException>(() => Decision.Fit(DetectionScore.Energy, [1, bad, 2], 0.5)).Message, StringComparison.Ordinal);
            Assert.False(new Decision { Score = DetectionScore.Energy, Lower = -5, Upper = 5 }.Keeps(bad));
        }
        Assert.False(Decision.Open.Keeps(float.NaN));
        Assert.Throws<ArgumentException>(() => Decision.Fit(DetectionScore.Energy, [], 0.5));
        foreach (double rate in new[] { 0, -1, 1.1, double.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => Decision.Fit(DetectionScore.Energy, [1], rate));
        Assert.Throws<ArgumentOutOfRangeException>(() => Decision.Fit(DetectionScore.Auto, [1], 0.5));
        Assert.Equal(Decision.Open, JsonSerializer.Deserialize<Decision>(JsonSerializer.Serialize(Decision.Open)));
    }

    [Theory]
    [MemberData(nameof(Scores))]
    public void B9_TheRateIsHonouredForEveryScore(DetectionScore score)
    {
        using var model = Create();
        foreach (double rate in new[] { 0.5, 0.9 })
        {
            model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = score, Detectors = [new NearestNeighborDetector { Neighbors = 3 }] }, rate);
            int asked = (int)(60 * rate), ties = score == DetectionScore.RankAverage || score == DetectionScore.Odin ? 3 : 0;
            Assert.Equal(score, model.Decision.Score);
            Assert.InRange(model.Score(_heldOut).IsInDistribution.Count(k => k), asked, asked + ties);
            Assert.Equal(model.Decision.Lower, Decision.Fit(score, model.DetectionScores(_heldOut, [score])[score], rate).Lower);
        }
        model.Calibrate(_heldOut, 0.25);
        Assert.InRange(model.Score(_heldOut).IsInDistribution.Count(k => k), 15, score == DetectionScore.RankAverage || score == DetectionScore.Odin ? 18 : 15);
    }

    [Theory]
    [MemberData(nameof(Scores))]
    public void EveryScoreObeysBothSides(DetectionScore score)
    {
        using var model = Create();
        model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = score, Detectors = [new NearestNeighborDetector { Neighbors = 3 }] });
        float[] ordered = [.. model.Score(_test).DetectionScore.Order()];
        model.Decision = model.Decision with { Lower = ordered[10], Upper = ordered[29] };
        var scores = model.Score(_test);
        for (int i = 0; i < 40; i++)
            Assert.Equal(scores.DetectionScore[i] >= ordered[10] && scores.DetectionScore[i] <= ordered[29], scores.IsInDistribution[i]);
        Assert.InRange(scores.IsInDistribution.Count(k => k), 20, 26);
    }

    [Fact]
    public void B10_AReportIsOfTheScoreThatDecides()
    {
        using var model = Create();
        model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = DetectionScore.Mahalanobis }, 0.8);
        var inverted = ImageSet.FromBytes(_test.Shape, [.. _test.Bytes(0, 40).ToArray().Select(b => (byte)(255 - b))], _test.Labels.ToArray(), 3);
        UnknownSet<ImageSet>[] unknown = [new("inverted", inverted)];
        var detection = new DetectionEvaluation(model, _test, unknown, [DetectionScore.LogDensity]); // the score that decides is not asked for
        var known = new KnownEvaluation(model, _test);
        var report = EvaluationReport.Of("Title", ["a", "b", "c"], known, detection);

        float[] ours = model.Score(_test).DetectionScore, others = model.Score(inverted).DetectionScore;
        double auroc = Auroc.Of(ours, others), flagged = others.Count(s => !model.Decision.Keeps(s)) / 40.0;
        Assert.NotEqual(auroc, detection.Metrics["inverted"][DetectionScore.LogDensity].Auroc, 1e-3);
        Assert.Equal(auroc, detection.Metrics["inverted"][DetectionScore.Mahalanobis].Auroc, 1e-9);
        Assert.Equal(flagged, detection.FlaggedShare["inverted"], 1e-9);
        var number = Assert.Single(report.Summary, n => n.Name == "AUROC, inverted");
        Assert.Equal(auroc, number.Value, 1e-9);
        Assert.StartsWith("mahalanobis, ", number.Note, StringComparison.Ordinal);
        Assert.Equal(auroc, report.Roc.Single().Area!.Value, 1e-9);
        Assert.Equal(ours.Count(model.Decision.Keeps) / 40.0, report.Summary.Single(n => n.Name == "In distribution").Value, 1e-9);
    }
}
