using Hdge.Detection;
using Hdge.Networks;
using Hdge.Training;
using MyDetectors;

namespace Hdge.Tests.Detection;

/// <summary>A detector of a user's own, that of docs/detection.md, from options to file and back.</summary>
public sealed class CustomDetectorTests : IDisposable
{
    private static readonly DetectionScore s_score = DetectionScore.Of("class-center");

    private readonly HdgeModel _model = new(new WideResNetOptions().Create(SmallImages.Shape, 3, 1), new PixelScaling(), CPU);
    private readonly ImageSet _train = SmallImages.Patterns(90, 1), _heldOut = SmallImages.Patterns(60, 2), _test = SmallImages.Patterns(40, 3);

    private static DetectionOptions Options => new() { Score = s_score, Detectors = [new ClassCenterDetector { Exponent = 1 }] };

    public void Dispose()
    {
        DetectorRegistry.Forget(s_score);
        _model.Dispose();
    }

    [Fact]
    public void ItIsFittedScoresAndDecides()
    {
        _model.FitDetectors(_train, _heldOut, Options, 0.8);
        var scores = _model.Score(_test);
        var (_, train) = _model.LogitsAndFeatures(_train, CancellationToken.None);
        var (_, test) = _model.LogitsAndFeatures(_test, CancellationToken.None);
        using (train)
        using (test)
        {
            float[][] known = Rows(train), asked = Rows(test);
            double[][] means = [.. Enumerable.Range(0, 3).Select(y => known.Where((_, i) => _train.Labels[i] == y).ToList()).Select(of => Enumerable.Range(0, 64).Select(f => of.Average(z => (double)z[f])).ToArray())];
            for (int i = 0; i < _test.Count; i++)
                Assert.Equal(-means.Min(m => m.Zip(asked[i], (a, b) => Math.Abs(a - b)).Sum()), scores.DetectionScore[i], 1e-4);
        }
        Assert.Equal(s_score, _model.Decision.Score);
        Assert.InRange(_model.Score(_heldOut).IsInDistribution.Count(kept => kept), 48, 49);
        Assert.Equal([.. DetectorRegistry.All.Where(_model.Detectors.Available.Contains), s_score], _model.Detectors.Available);

        static float[][] Rows(Tensor features) => [.. features.data<float>().ToArray().Chunk(64)];
    }

    [Fact]
    public void ItIsSavedAndLoadedOnceItIsRegistered()
    {
        _model.FitDetectors(_train, _heldOut, Options);
        using var file = new MemoryStream();
        _model.Save(file);

        string unknown = Assert.Throws<InvalidDataException>(() => HdgeModel.Load(new MemoryStream(file.ToArray()), "cpu")).Message;
        Assert.Contains("'class-center', which this program does not know", unknown, StringComparison.Ordinal);
        Assert.Contains("DetectorRegistry.Register", unknown, StringComparison.Ordinal);

        DetectorRegistry.Register(new ClassCenterDetector());
        DetectorRegistry.Register(new ClassCenterDetector()); // a program's parts may each do so
        using var loaded = HdgeModel.Load(new MemoryStream(file.ToArray()), "cpu");
        Assert.Equal(_model.Decision, loaded.Decision);
        Assert.Equal(_model.DetectionScores(_test, [s_score])[s_score], loaded.DetectionScores(_test, [s_score])[s_score]);
        Assert.Equal(_model.Score(_test).IsInDistribution, loaded.Score(_test).IsInDistribution);
    }

    [Fact]
    public void ARegisteredOneTakesPartInAutoAndInARankAverageByItsName()
    {
        DetectorRegistry.Register(new ClassCenterDetector());
        Assert.Equal(s_score, DetectorRegistry.GradientFree[^1]);
        _model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = DetectionScore.Auto, Detectors = [new RankAverageDetector { Scores = [s_score, DetectionScore.Vim] }], Also = [DetectionScore.RankAverage] });
        Assert.Equal(DetectorRegistry.GradientFree, _model.Detectors.AutoAuroc.Keys);
        Assert.All([s_score, DetectionScore.Vim, DetectionScore.RankAverage], score => Assert.Contains(score, _model.Detectors.Available));
        Assert.All(_model.DetectionScores(_test, [DetectionScore.RankAverage])[DetectionScore.RankAverage], rank => Assert.InRange(rank, 0, 1));
    }

    [Fact]
    public void TrainingFitsItAndAModelThatDoesNotNameItDoesNotNeedIt()
    {
        DetectorRegistry.Register(new ClassCenterDetector());
        using var model = ModelTrainer.Train(_train, SmallImages.Quick with { Epochs = 1, Detection = new DetectionOptions { Score = s_score } });
        Assert.Equal(s_score, model.Decision.Score);
        using var file = new MemoryStream();
        _model.Save(file);
        DetectorRegistry.Forget(s_score);
        HdgeModel.Load(new MemoryStream(file.ToArray()), "cpu").Dispose();
    }

    [Fact]
    public void WhatIsWrongWithItIsRefusedByName()
    {
        Refused<ArgumentOutOfRangeException>(new ClassCenterDetector { Exponent = 0.5 }, "Exponent");
        Refused<ArgumentException>(new Odd { Name = "vim" }, "'vim', which is VimDetector");
        Refused<ArgumentException>(new Odd { Callback = () => { } }, "cannot be saved as JSON");
        Refused<ArgumentException>(new Odd { Builds = ["odin"] }, "Odd.Uses is odin");
        Refused<ArgumentException>(new Odd { Builds = ["odd"] }, "Odd.Uses is odd");
        Refused<InvalidOperationException>(new Odd { Answers = "other" }, "'odd' was fitted to has the tensors [other], expected [values]");
        Refused<InvalidOperationException>(new Odd { Length = 3 }, "[3], expected Float64 [2]");
        Refused<InvalidOperationException>(new Odd { Value = double.NaN }, "not finite");
        Refused<InvalidOperationException>(new Odd { Need = DetectorNeeds.Fitting, Reads = true }, "DetectorNeeds.Features");
        Assert.Throws<ArgumentException>(() => DetectorRegistry.Register(new Odd { Name = "vim" }));
        foreach (string name in new[] { "", "Vim", "-a", "a-", "a.b", "é", new string('a', 65) })
            Assert.Throws<ArgumentException>(() => DetectionScore.Of(name));
        Assert.Equal(DetectionScore.Vim, DetectionScore.Of("vim"));

        void Refused<T>(Detector detector, string says) where T : Exception
        {
            var before = _model.Detectors;
            Assert.Contains(says, Assert.ThrowsAny<T>(() => _model.FitDetectors(_train, _heldOut, new() { Score = detector.Kind, Detectors = [detector] })).Message, StringComparison.Ordinal);
            Assert.Same(before, _model.Detectors);
        }
    }

    [Fact]
    public void NoTensorStaysBehind()
    {
        Work();
        Assert.Equal(0, Lifetimes.LiveTensors.Left(Work));
        void Work()
        {
            _model.FitDetectors(_train, _heldOut, Options);
            _model.Score(_test);
            Assert.Throws<InvalidOperationException>(() => _model.FitDetectors(_train, _heldOut, new() { Score = DetectionScore.Of("odd"), Detectors = [new Odd { Value = double.NaN }] }));
        }
    }

    [Fact]
    public void NothingStoredIsSavedAndReadToo()
    {
        using var empty = zeros(0, 64);
        using var file = new MemoryStream();
        Persistence.Safetensors.Write([new("a", empty), new("b", zeros(2))], file);
        file.Position = 0;
        var read = Persistence.Safetensors.ReadAll(file, file.Length, "data");
        Assert.Equal([0L, 64], read["a"].shape);
        Assert.Equal([2L], read["b"].shape);
    }

    [Fact]
    public void TheGuideShowsTheDetectorOfTheseTests()
    {
        string guide = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "detection.md")), code = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "ClassCenterDetector.cs"));
        Assert.Contains($"```csharp\n{code.Trim()}\n```", guide.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    public sealed record Odd : Detector
    {
        public string Name { get; init; } = "odd";

        public Action? Callback { get; init; }

        public IReadOnlyList<string> Builds { get; init; } = [];

        public string Answers { get; init; } = "values";

        public int Length { get; init; } = 2;

        [System.Text.Json.Serialization.JsonNumberHandling(System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals)]
        public double Value { get; init; }

        public bool Reads { get; init; }

        public DetectorNeeds Need { get; init; }

        public override DetectionScore Kind => DetectionScore.Of(Name);

        public override DetectorNeeds Needs => Need;

        public override IReadOnlyList<DetectionScore> Uses => [.. Builds.Select(DetectionScore.Of)];

        public override DetectorLayout Layout(int featureLength, int classCount) => new() { Tensors = [new("values", float64, 2)] };

        public override DetectorState Fit(DetectorTraining training) => new() { Tensors = new Dictionary<string, Tensor> { [Answers] = tensor(Enumerable.Repeat(Value, Length).ToArray()) } };

        public override void Score(DetectionInput input, DetectorState state, Span<float> into)
        {
            if (Reads)
                into[0] = (float)input.FeatureRow(0)[0];
        }
    }
}
