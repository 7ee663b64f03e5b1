using Hdge.Calibration;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests.Lifetimes;

/// <summary>Training that fails says so.</summary>
public class TrainingFailureTests
{
    private sealed record FirstLoss(float Value) : ObjectiveOptions
    {
        public override void Validate()
        {
        }

        public override IObjective Create(ObjectiveContext context) => new Objective(Value);

        private sealed class Objective(float value) : IObjective
        {
            private int _step;

            public ObjectiveTerms Compute(TrainingStep batch)
            {
                var loss = nn.functional.cross_entropy(batch.Logits, batch.Labels);
                return new ObjectiveTerms(_step++ == 0 ? loss + tensor(value) : loss, loss.detach());
            }

            public void Dispose()
            {
            }
        }
    }

    public static TheoryData<float> NotFinite => [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void A6_AFirstLossThatIsNotFiniteIsDivergence(float value)
    {
        var options = SmallImages.Quick with { Objective = new FirstLoss(value) };
        var error = Assert.Throws<DivergenceException>(() => ModelTrainer.Train(SmallImages.Patterns(48), options));
        Assert.Equal((1, 0L, (double)value), (error.Epoch, error.Step, error.Loss));
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void A6_ARunGoesOnAfterSuchAFirstLoss(float value)
    {
        var log = new List<string>();
        var options = SmallImages.Quick with { Objective = new FirstLoss(value), DivergenceRestarts = 1, Epochs = 1 };
        using var model = ModelTrainer.Train(SmallImages.Patterns(48), options, new TrainingCallbacks { Log = SmallImages.Log(log) });
        Assert.Contains("diverged at step 0", log[0], StringComparison.Ordinal);
        Assert.All(model.Logits(SmallImages.Patterns(3)), logit => Assert.True(float.IsFinite(logit)));
    }

    [Fact]
    public void A6_TheLimitComesFromTheFirstFiniteLoss()
    {
        using var monitor = new LossMonitor(CPU);
        double[] sums = new double[1];
        Assert.Equal(0, monitor.Add(tensor([double.NaN]), sums)!.Value.Step);
        Assert.Null(monitor.Limit);
        monitor.GoTo(0, monitor.Limit);
        Assert.Null(monitor.Add(tensor([5.0]), sums));
        Assert.Equal(5000, monitor.Limit);
        Assert.Equal(5001, monitor.Add(tensor([5001.0]), sums)!.Value.Loss);
    }

    [Fact]
    public void B12_DegenerateTrainingIsTold()
    {
        var log = new List<string>();
        var options = new TrainingOptions { Epochs = 2, BatchSize = 32, LearningRate = 10, Device = "cpu", ValidationFraction = 0.5 };
        using var model = ModelTrainer.Train(SmallImages.Fashion(200), options, new TrainingCallbacks { Log = log.Add });
        Assert.Contains(log, line => line.StartsWith("The fitted temperature is 50, expected about 1", StringComparison.Ordinal));
        Assert.Contains(log, line => line.StartsWith("The accuracy on 100 held-out images is", StringComparison.Ordinal));
    }

    [Fact]
    public void B12_ASoundModelRaisesNoDoubt()
    {
        var log = new List<string>();
        using var model = ModelTrainer.Train(SmallImages.Patterns(300), SmallImages.Quick with { Epochs = 4 }, new TrainingCallbacks { Log = log.Add });
        Assert.DoesNotContain(log, line => line.Contains("failed", StringComparison.Ordinal));
    }

    [Fact]
    public void B12_ANetworkThatDoesNotLookIsTold()
    {
        var images = SmallImages.Patterns(60);
        using var model = new HdgeModel(new WideResNetOptions().Create(SmallImages.Shape, 3), new PixelScaling(), CPU);
        using (no_grad())
            foreach (var weight in model.Network.parameters())
                weight.zero_();
        model.Calibrate(images);
        string[] doubts = [.. TrainingDoubts.Of(model, images, images, new TrainingOptions(), CancellationToken.None)];
        Assert.Contains(doubts, d => d.Contains("same log-density", StringComparison.Ordinal));
        Assert.Contains(doubts, d => d.Contains("accuracy on 60 held-out images is 0.333", StringComparison.Ordinal));
        Assert.Equal(1, model.Temperature); // the likelihood is the same at every temperature
    }

    [Theory]
    [InlineData(new[] { 1f, 0, 0, 1 }, new[] { 1, 0 }, 50)]
    [InlineData(new[] { 9f, -3, 2, 40 }, new[] { 1, 0 }, 50)]
    [InlineData(new[] { 9f, -3, 2, 40 }, new[] { 0, 1 }, 0.02)]
    [InlineData(new[] { 3f, 3, -1, -1 }, new[] { 0, 1 }, 1)]
    public void A5_TemperatureStaysWithinItsBounds(float[] logits, int[] labels, double expected) => Assert.Equal(expected, TemperatureCalibrator.Fit(new(logits, labels, 2)).Temperature);

    [Fact]
    public void A5_TemperatureIsTheRootOfTheSlope()
    {
        // Two images of the same logits (d, 0), one of three right: softmax(d/T) must be 2/3, so T = d / log 2.
        foreach (float d in new[] { 0.05f, 1f, 30f })
            Assert.Equal(d / Math.Log(2), TemperatureCalibrator.Fit(new([d, 0, d, 0, d, 0], [0, 0, 1], 2)).Temperature, d * 1e-6);
    }

    [Fact]
    public void A5_NonFiniteLogitsAreRefused() =>
        Assert.Contains("Logit 1 of row 0", Assert.Throws<ArgumentException>(() => TemperatureCalibrator.Fit(new([0, float.NaN], [0], 2))).Message, StringComparison.Ordinal);

    [Fact]
    public void A5_EnergyScoresOfNoiseAreFiniteAndSaved()
    {
        var shape = SmallImages.Shape;
        for (int seed = 0; seed < 4; seed++)
        {
            var random = new Random(seed);
            var pixels = new byte[60 * shape.Length];
            random.NextBytes(pixels);
            var noise = ImageSet.FromBytes(shape, pixels, [.. Enumerable.Range(0, 60).Select(i => i % 3)], 3);
            using var model = ModelTrainer.Train(noise, SmallImages.Quick with { Seed = seed, Detection = new DetectionOptions { Score = DetectionScore.Energy } });
            Assert.InRange(model.Temperature, 0.02, 50);
            Assert.All(model.Score(noise).DetectionScore, score => Assert.True(float.IsFinite(score)));
            using var file = new MemoryStream();
            model.Save(file);
        }
    }

    [Fact]
    public void A5_VectorAndMatrixScalingStayFinite()
    {
        float[] logits = [1e30f, -1e30f, 0, 0, 1e30f, -1e30f, 5, 5, 5];
        foreach (var method in new[] { CalibrationMethod.Vector, CalibrationMethod.Matrix, CalibrationMethod.Temperature })
        {
            var calibrator = CalibratorFitting.Fit(logits, [1, 2, 0], 3, method).Calibrator;
            var row = new float[9];
            calibrator.Apply(logits, row);
            Assert.All(row, p => Assert.InRange(p, 0, 1));
        }
    }
}
