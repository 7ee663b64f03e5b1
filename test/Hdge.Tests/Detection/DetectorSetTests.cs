using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Tests.Detection;

public sealed class DetectorSetTests : IDisposable
{
    private readonly HdgeModel _model = Create();
    private readonly ImageSet _train = SmallImages.Patterns(90, 1), _heldOut = SmallImages.Patterns(60, 2), _test = SmallImages.Patterns(40, 3);

    private static HdgeModel Create() => new(new WideResNetOptions().Create(SmallImages.Shape, 3, 1), new PixelScaling(), CPU);

    private static DetectionOptions Everything => new() { Also = DetectorRegistry.GradientFree };

    public void Dispose() => _model.Dispose();

    [Fact]
    public void AnUnfittedModelDecidesByLogDensity()
    {
        _model.Calibrate(_heldOut);
        var scores = _model.Score(_test);
        Assert.Equal(DetectionScore.LogDensity, _model.Decision.Score);
        Assert.Equal(scores.LogDensity, scores.DetectionScore);
        Assert.Equal(scores.LogDensity, _model.DetectionScores(_test, [DetectionScore.LogDensity])[DetectionScore.LogDensity], (a, b) => Math.Abs(a - b) < 1e-5);
        var error = Assert.Throws<ArgumentException>(() => _model.DetectionScores(_test, [DetectionScore.Vim]));
        Assert.Contains("vim", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _model.DetectionScores(_test, [DetectionScore.Auto]));
    }

    [Theory]
    [InlineData("max-logit")]
    [InlineData("nearest-neighbors")]
    [InlineData("rank-average")]
    [InlineData("odin")]
    public void TheFlagObeysTheChosenScore(string name)
    {
        var score = DetectionScore.Of(name);
        _model.Calibrate(_heldOut);
        _model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = score, Detectors = [new NearestNeighborDetector { Neighbors = 3 }] }, 0.8);
        var held = _model.Score(_heldOut);
        Assert.InRange(held.IsInDistribution.Count(k => k), 48, score == DetectionScore.RankAverage ? 60 : 49); // ranks have ties
        Assert.Equal(_model.DetectionScores(_heldOut, [score])[score], held.DetectionScore, (a, b) => Math.Abs(a - b) < 1e-5);
        for (int i = 0; i < held.Count; i++)
            Assert.Equal(held.DetectionScore[i] >= _model.Decision.Lower && held.DetectionScore[i] <= _model.Decision.Upper, held.IsInDistribution[i]);
        double before = _model.Decision.Lower;
        _model.Calibrate(_heldOut, 0.5);
        Assert.True(_model.Decision.Lower > before);
    }

    [Fact]
    public void OnePassGivesWhatTheDetectorsSayOfItsFeatures()
    {
        _model.FitDetectors(_train, _heldOut, Everything);
        var scores = _model.DetectionScores(_test, DetectorRegistry.GradientFree);
        var (logits, features) = _model.LogitsAndFeatures(_test, CancellationToken.None);
        using (features)
            foreach (var score in DetectorRegistry.GradientFree)
            {
                using var scope = NewDisposeScope();
                using var input = new DetectionInput(tensor(logits, [40L, 3L]), features.clone(), _model.Temperature, _model.Detectors);
                float[] alone = input.Scores(score).ToArray();
                Assert.Equal(alone, scores[score]);
                Assert.All(alone, s => Assert.True(float.IsFinite(s)));
            }
    }

    [Fact]
    public void FittingIsBoundedAndDecidedByTheSeed()
    {
        var options = Everything with { SampleSize = 25 };
        float[] first = Fitted(7), again = Fitted(7), other = Fitted(8);
        Assert.Equal(25, _model.Detectors.States["nearest-neighbors"].Tensors["features"].shape[0]);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        float[] Fitted(int seed)
        {
            _model.FitDetectors(_train, _heldOut, options, seed: seed);
            return [.. _model.DetectionScores(_test, DetectorRegistry.GradientFree).OrderBy(s => s.Key.Name, StringComparer.Ordinal).SelectMany(s => s.Value)];
        }
    }

    [Fact]
    public void OneTrainingImageIsEnough()
    {
        _model.FitDetectors(_train.Take(1), _heldOut.Take(1), Everything with { Score = DetectionScore.Auto });
        Assert.All(_model.DetectionScores(_test, DetectorRegistry.GradientFree).Values.SelectMany(s => s), s => Assert.True(float.IsFinite(s)));
    }

    [Fact]
    public void FeaturesThatAreNotFiniteAreRefused()
    {
        using var model = new HdgeModel(new LinearBackbone(SmallImages.Shape, 3, 1, float.PositiveInfinity), new PixelScaling(), CPU);
        var error = Assert.Throws<ArgumentException>(() => model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = DetectionScore.Mahalanobis }));
        Assert.Contains("training image 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AutoTakesTheScoreWithTheHighestAuroc()
    {
        var outliers = PseudoOutliers.Of(_test, 5)[3].Images;
        foreach (var given in new[] { null, outliers })
        {
            _model.FitDetectors(_train, _heldOut, Everything with { Score = DetectionScore.Auto, Outliers = given }, seed: 4);
            var compared = _model.Detectors.AutoAuroc;
            Assert.Equal(DetectorRegistry.GradientFree, compared.Keys);
            Assert.Equal(compared.Values.Max() >= 0.7, _model.Detectors.TellsUnknownApart);
            if (given is null)
            {
                // Of made outliers the combination, unless another is far ahead.
                if (compared.Values.Max() - compared[DetectionScore.Combination] <= 0.1)
                    Assert.Equal(DetectionScore.Combination, _model.Decision.Score);
                else
                    Assert.Equal(compared.Values.Max(), compared[_model.Decision.Score]);
                continue;
            }
            Assert.Equal(compared.Values.Max(), compared[_model.Decision.Score]);
            var (known, unknown) = (_model.DetectionScores(_heldOut, DetectorRegistry.GradientFree), _model.DetectionScores(given, DetectorRegistry.GradientFree));
            foreach (var (score, auroc) in compared)
                Assert.Equal(Auroc.Of(known[score], unknown[score]), auroc, 1e-12);
        }
        Assert.Equal(DetectionScore.LogDensity, AutoScore.Best(new Dictionary<DetectionScore, double> { [DetectionScore.Vim] = 0.9, [DetectionScore.LogDensity] = 0.9, [DetectionScore.Gen] = 0.8 }, given: true));
        foreach (var (combined, given, chosen) in new[] { (0.85, false, DetectionScore.Combination), (0.75, false, DetectionScore.Gen), (0.85, true, DetectionScore.Gen), (0.95, true, DetectionScore.Combination) })
            Assert.Equal(chosen, AutoScore.Best(new Dictionary<DetectionScore, double> { [DetectionScore.Gen] = 0.9, [DetectionScore.Combination] = combined }, given));
    }

    [Fact]
    public void WithFewHeldOutImagesNothingIsComparedAndTheLogDensityDecides()
    {
        _model.FitDetectors(_train, _heldOut.Take(49), Everything with { Score = DetectionScore.Auto });
        Assert.Equal(DetectionScore.LogDensity, _model.Decision.Score);
        Assert.Empty(_model.Detectors.AutoAuroc);
        Assert.Null(_model.Detectors.TellsUnknownApart);
        var error = Assert.Throws<ArgumentException>(() => _model.FitDetectors(_train, _heldOut.Take(49), new DetectionOptions { Score = DetectionScore.Combination }));
        Assert.Contains("there are 49 held-out images, expected at least 50", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithoutARotationHeadSaysSo()
    {
        var error = Assert.Throws<ArgumentException>(() => _model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = DetectionScore.Rotation }));
        Assert.Contains("expected ObjectiveOptions.Rotation", error.Message, StringComparison.Ordinal);
        _model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = DetectionScore.LogDensity, Also = [DetectionScore.Rotation] });
        Assert.DoesNotContain(DetectionScore.Rotation, _model.Detectors.Available);
        var training = SmallImages.Quick with { Detection = new DetectionOptions { Score = DetectionScore.Rotation } };
        Assert.Contains("rotation", Assert.Throws<ArgumentException>(() => training.Validate(SmallImages.Shape)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAutoDoesNotTakeIsNotKept()
    {
        _model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = DetectionScore.Auto });
        var kept = _model.Detectors.Available.Where(NeedsFitting);
        DetectionScore[] expected = _model.Decision.Score.Name switch
        {
            "combination" => [DetectionScore.Mahalanobis, DetectionScore.RelativeMahalanobis, DetectionScore.NormalizedMahalanobis, DetectionScore.NormalizedRelativeMahalanobis, DetectionScore.Fdbd, DetectionScore.Combination],
            "mahalanobis" or "relative-mahalanobis" => [DetectionScore.Mahalanobis, DetectionScore.RelativeMahalanobis],
            "rank-average" => [DetectionScore.NearestNeighbors, DetectionScore.Vim, DetectionScore.RankAverage],
            _ => NeedsFitting(_model.Decision.Score) ? [_model.Decision.Score] : [],
        };
        Assert.Equal(expected, kept);

        bool NeedsFitting(DetectionScore score) => _model.Detectors.Find(score).Detector.Needs.HasFlag(DetectorNeeds.Fitting);
    }

    [Fact]
    public void ACancelledFitLeavesTheModelAsItWas()
    {
        _model.FitDetectors(_train, _heldOut, Everything with { Score = DetectionScore.Vim });
        var (before, scores) = (_model.Detectors, _model.Score(_test).DetectionScore);
        Assert.Throws<OperationCanceledException>(() => _model.FitDetectors(_train, _heldOut, Everything, cancellationToken: new CancellationToken(true)));
        Assert.Same(before, _model.Detectors);
        Assert.Equal(scores, _model.Score(_test).DetectionScore);
        Assert.Throws<OperationCanceledException>(() => _model.DetectionScores(_test, [DetectionScore.Vim], new CancellationToken(true)));
    }

    [Fact]
    public void TrainingFitsWhatItsOptionsName()
    {
        var options = SmallImages.Quick with { Epochs = 1, Detection = new DetectionOptions { Score = DetectionScore.Mahalanobis, Also = [DetectionScore.ReAct] } };
        using var model = ModelTrainer.Train(_train, options);
        Assert.Equal(DetectionScore.Mahalanobis, model.Decision.Score);
        Assert.Contains(DetectionScore.ReAct, model.Detectors.Available);
        Assert.DoesNotContain(DetectionScore.Vim, model.Detectors.Available);
    }

    [Fact]
    public void OptionsOutOfRangeAreRefused()
    {
        foreach (var (options, name) in new (DetectionOptions, string)[]
        {
            (new() { Score = DetectionScore.Of("none") }, nameof(DetectionOptions.Score)),
            (new() { Also = [DetectionScore.Auto] }, nameof(DetectionOptions.Also)),
            (new() { Also = [DetectionScore.Of("none")] }, nameof(DetectionOptions.Also)),
            (new() { Detectors = [new VimDetector(), new VimDetector { Dimension = 3 }] }, nameof(DetectionOptions.Detectors)),
            (new() { Detectors = [new RankAverageDetector { Scores = [DetectionScore.RankAverage] }] }, nameof(RankAverageDetector.Scores)),
            (new() { Detectors = [new RankAverageDetector { Scores = [DetectionScore.Odin] }] }, "RankAverageDetector.Uses is odin"),
            (new() { Detectors = [new RankAverageDetector { Scores = [DetectionScore.Auto] }] }, "RankAverageDetector.Uses is auto"),
            (new() { Detectors = [new RankAverageDetector { Scores = [] }] }, nameof(RankAverageDetector.Scores)),
            (new() { SampleSize = 0 }, nameof(DetectionOptions.SampleSize)),
            (new() { Detectors = [new NearestNeighborDetector { Neighbors = 0 }] }, nameof(NearestNeighborDetector.Neighbors)),
            (new() { Detectors = [new EnergyDetector { Temperature = double.NaN }] }, nameof(EnergyDetector.Temperature)),
            (new() { Detectors = [new GenDetector { Exponent = 0 }] }, nameof(GenDetector.Exponent)),
            (new() { Detectors = [new GenDetector { Top = 0 }] }, nameof(GenDetector.Top)),
            (new() { Detectors = [new ReActDetector { Percentile = 101 }] }, nameof(ReActDetector.Percentile)),
            (new() { Detectors = [new AshDetector { Percentile = 100 }] }, nameof(AshDetector.Percentile)),
            (new() { Detectors = [new VimDetector { Dimension = 0 }] }, nameof(VimDetector.Dimension)),
            (new() { Detectors = [new OdinDetector { Temperature = 0 }] }, nameof(OdinDetector.Temperature)),
            (new() { Detectors = [new OdinDetector { Step = -1 }] }, nameof(OdinDetector.Step)),
            (new() { Outliers = SmallImages.Fashion(1) }, nameof(DetectionOptions.Outliers)),
        })
        {
            Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(() => options.Validate(SmallImages.Shape)).Message, StringComparison.Ordinal);
            Assert.ThrowsAny<ArgumentException>(() => (SmallImages.Quick with { Detection = options }).Validate(SmallImages.Shape)); // before training, not after it
        }
        Assert.Throws<ArgumentException>(() => _model.FitDetectors(_train, _heldOut.Take(0), new()));
    }
}
