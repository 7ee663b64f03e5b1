using Hdge.Calibration;
using Hdge.Detection;
using Hdge.Training;

namespace Hdge.Tests.Ensembles;

public sealed class EnsembleTests(EnsembleTests.Trained trained) : IClassFixture<EnsembleTests.Trained>
{
    public sealed class Trained : IDisposable
    {
        public HdgeEnsemble Ensemble { get; } = HdgeEnsemble.Train(SmallImages.Patterns(120), s_heldOut, s_options, 3);

        public void Dispose() => Ensemble.Dispose();
    }

    private static readonly TrainingOptions s_options = SmallImages.Quick with { Epochs = 1, Detection = new() { Score = DetectionScore.MaxLogit } };
    private static readonly ImageSet s_heldOut = SmallImages.Patterns(60, seed: 77), s_images = SmallImages.Patterns(40, seed: 9);

    private readonly HdgeEnsemble _ensemble = trained.Ensemble;

    [Fact]
    public void EverythingIsTheMeanOfTheMembers()
    {
        var scores = _ensemble.Score(s_images);
        ScoreBatch[] members = [.. _ensemble.Members.Select(m => m.Score(s_images))];
        Assert.NotEqual(members[0].LogDensity, members[1].LogDensity);
        var calibrated = new float[3];
        for (int i = 0; i < s_images.Count; i++)
        {
            double[] p = [.. Enumerable.Range(0, 3).Select(c => members.Average(m => (double)m.Probabilities[3 * i + c]))];
            for (int c = 0; c < 3; c++)
                Assert.Equal(p[c], scores.Probabilities[3 * i + c], 1e-7);
            Assert.Equal(members.Average(m => (double)m.LogDensity[i]), scores.LogDensity[i], 1e-5);
            Assert.Equal(members.Average(m => (double)m.DetectionScore[i]), scores.DetectionScore[i], 1e-5);
            Assert.Equal(Entropy(p) - members.Average(m => Entropy([.. m.Probabilities.Skip(3 * i).Take(3).Select(q => (double)q)])), scores.Disagreement[i], 1e-6);
            Assert.Equal(Array.IndexOf(p, p.Max()), scores.PredictedClass[i]);
            _ensemble.Calibrator.Apply([.. p.Select(q => (float)Math.Log(q))], calibrated);
            Assert.Equal(calibrated[scores.PredictedClass[i]], scores.Confidence[i], 1e-5);
            Assert.Equal(_ensemble.Decision.Keeps(scores.DetectionScore[i]) && scores.IsInRange[i], scores.IsInDistribution[i]);
        }
        Assert.All(members, m => Assert.All(m.Disagreement, d => Assert.Equal(0, d)));
    }

    [Fact]
    public void BytesSinglesAndSetsAreScoredAlike()
    {
        var expected = _ensemble.Score(s_images);
        byte[] bytes = [];
        var ofBytes = new ScoreBatch(50, 3);
        _ensemble.Score(s_images.Bytes(0, s_images.Count, ref bytes), s_images.Count, ofBytes);
        var ofSingles = new ScoreBatch(50, 3);
        _ensemble.Score([.. s_images.Bytes(0, s_images.Count, ref bytes).ToArray().Select(b => b / 255f)], s_images.Count, ofSingles);
        foreach (var found in new[] { ofBytes, ofSingles })
        {
            Assert.Equal(40, found.Count);
            for (int i = 0; i < 120; i++)
                Assert.Equal(expected.CalibratedProbabilities[i], found.CalibratedProbabilities[i], 1e-5);
            Assert.Equal(expected.PredictedClass, found.PredictedClass.Take(40));
            Assert.Equal(expected.IsInDistribution, found.IsInDistribution.Take(40));
        }
    }

    [Fact]
    public void ItIsCalibratedAndDecidesByItsOwnOutputs()
    {
        var said = _ensemble.Score(s_heldOut);
        float[] logits = [.. said.Probabilities.Select(p => (float)Math.Log(p))];
        Assert.Equal(TemperatureCalibrator.Fit(new(logits, s_heldOut.Labels, 3)).Temperature, Assert.IsType<TemperatureCalibrator>(_ensemble.Calibrator).Temperature, 1e-5);
        Assert.Equal(Decision.Fit(DetectionScore.MaxLogit, said.DetectionScore, 0.95), _ensemble.Decision);
        Assert.Equal(0.9, _ensemble.PredictionSets!.Options.Coverage);
    }

    [Fact]
    public void AgreementTellsMembersApartAndCanDecide()
    {
        var said = _ensemble.Score(s_images);
        var scores = _ensemble.DetectionScores(s_images, [HdgeEnsemble.Agreement, DetectionScore.LogDensity]);
        Assert.Equal(said.Disagreement.Select(d => -d), scores[HdgeEnsemble.Agreement]);
        Assert.Equal(said.LogDensity.Select(d => (double)d), scores[DetectionScore.LogDensity].Select(d => (double)d), (a, b) => Math.Abs(a - b) < 1e-4);
        using var copy = Copy(_ensemble);
        copy.Calibrate(s_heldOut, 0.8, score: HdgeEnsemble.Agreement, method: CalibrationMethod.DensityTemperature);
        using var read = Copy(copy);
        foreach (var ensemble in new[] { copy, read })
        {
            var found = ensemble.Score(s_images);
            Assert.Equal(HdgeEnsemble.Agreement, ensemble.Decision.Score);
            Assert.Equal(said.Disagreement.Select(d => -d), found.DetectionScore);
            Assert.Equal(HdgeEnsemble.Agreement, Assert.IsType<DensityTemperatureCalibrator>(ensemble.Calibrator).Score);
        }
        Assert.Contains("cannot give the score vim", Assert.Throws<ArgumentException>(() => copy.Calibrate(s_heldOut, score: DetectionScore.Vim)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OneMemberIsTheModelItself()
    {
        using var model = ModelTrainer.Train(SmallImages.Patterns(120), s_heldOut, s_options);
        using var member = Copy(model);
        using var ensemble = new HdgeEnsemble([member]);
        Same(model.Score(s_images), ensemble.Score(s_images));
        Assert.Equal(model.Decision, ensemble.Decision);
        // And what training gives as the first of more is that model.
        Assert.Equal(model.Logits(s_images), _ensemble.Members[0].Logits(s_images));
    }

    [Fact]
    public void ModelsThatDoNotFitAreRefused()
    {
        using var first = Model(3, SmallImages.Shape);
        using var classes = Model(4, SmallImages.Shape);
        using var shape = Model(3, new(1, 12, 8));
        Assert.Contains("Member 2 takes 1x8x8 and knows 4 classes, expected 1x8x8 and 3 classes", Refused([first, classes]), StringComparison.Ordinal);
        Assert.Contains("Member 2 takes 1x12x8", Refused([first, shape]), StringComparison.Ordinal);
        Assert.Contains("Member 2 is the same model as member 1", Refused([first, first]), StringComparison.Ordinal);
        Assert.Contains("1..14 members", Refused([]), StringComparison.Ordinal);
        Assert.Contains("1..14 members", Assert.ThrowsAny<ArgumentException>(() => HdgeEnsemble.Train(s_images, s_options, 15)).Message, StringComparison.Ordinal);
        Assert.False(first.IsDisposed);

        static string Refused(HdgeModel[] models) => Assert.ThrowsAny<ArgumentException>(() => new HdgeEnsemble(models)).Message;
        static HdgeModel Model(int classes, ImageShape shape) => new(s_options.Network.Create(shape, classes, 1), new PixelScaling(), torch.CPU);
    }

    [Fact]
    public void ImagesOutOfRangeAreFlaggedOrRefused()
    {
        var blank = ImageSet.FromBytes(SmallImages.Shape, new byte[2 * 64], [0, 1], 3);
        using var ensemble = Copy(_ensemble);
        var scores = ensemble.Score(blank);
        Assert.Equal([false, false], scores.IsInRange);
        Assert.Equal([false, false], scores.IsInDistribution);
        ensemble.OutOfRange = OutOfRangeAction.Throw;
        Assert.StartsWith("Image 0 ", Assert.Throws<ArgumentException>(() => ensemble.Score(blank)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Image 1 ", Assert.Throws<ArgumentException>(() => ensemble.Score([.. s_images.Bytes(0), .. new byte[64]], 2, new ScoreBatch(2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("need 128 values, found 64", Assert.Throws<ArgumentException>(() => ensemble.Score(new float[64], 2, new ScoreBatch(2, 3))).Message, StringComparison.Ordinal);
        ensemble.Dispose();
        Assert.True(ensemble.Members[1].IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => ensemble.Score(s_images));
    }

    internal static void Same(ScoreBatch expected, ScoreBatch found)
    {
        Assert.Equal(expected.PredictedClass, found.PredictedClass);
        Assert.Equal(expected.LogDensity, found.LogDensity);
        Assert.Equal(expected.DetectionScore, found.DetectionScore);
        Assert.Equal(expected.IsInDistribution, found.IsInDistribution);
        for (int i = 0; i < expected.Probabilities.Length; i++)
        {
            Assert.Equal(expected.Probabilities[i], found.Probabilities[i], 1e-7);
            Assert.Equal(expected.CalibratedProbabilities[i], found.CalibratedProbabilities[i], 1e-5);
        }
    }

    internal static HdgeEnsemble Copy(HdgeEnsemble ensemble)
    {
        using var stream = new MemoryStream();
        ensemble.Save(stream);
        return HdgeEnsemble.Load(stream, "cpu");
    }

    private static HdgeModel Copy(HdgeModel model)
    {
        using var stream = new MemoryStream();
        model.Save(stream);
        return HdgeModel.Load(stream, "cpu");
    }

    private static double Entropy(double[] p) => -p.Sum(q => q > 0 ? q * Math.Log(q) : 0);
}
