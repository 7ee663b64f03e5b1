using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Training;

namespace Hdge.Tests.Calibration;

/// <summary>What a trained model does with its calibrator and its prediction sets, and that both are in its file.</summary>
public sealed class ModelCalibrationTests : IClassFixture<ModelCalibrationTests.Trained>
{
    public sealed class Trained : IDisposable
    {
        public HdgeModel Model { get; } = ModelTrainer.Train(SmallImages.Patterns(120), SmallImages.Quick);

        public void Dispose() => Model.Dispose();
    }

    private readonly HdgeModel _model;
    private readonly ImageSet _heldOut = SmallImages.Patterns(60, seed: 77), _images = SmallImages.Patterns(40, seed: 9);

    public ModelCalibrationTests(Trained trained) => _model = trained.Model;

    [Theory]
    [InlineData(nameof(CalibrationMethod.None))]
    [InlineData(nameof(CalibrationMethod.Temperature))]
    [InlineData(nameof(CalibrationMethod.EnsembleTemperature))]
    [InlineData(nameof(CalibrationMethod.Vector))]
    [InlineData(nameof(CalibrationMethod.Matrix))]
    [InlineData(nameof(CalibrationMethod.Isotonic))]
    [InlineData(nameof(CalibrationMethod.Histogram))]
    public void ConfidenceIsTheCalibratedProbabilityOfThePredictedClass(string name)
    {
        var method = CalibrationMethod.Parse(name);
        _model.Calibrate(_heldOut, method: method);
        float[] logits = _model.Logits(_images), expected = new float[logits.Length];
        CalibratorFitting.Fit(_model.Logits(_heldOut), _heldOut.Labels, 3, method).Calibrator.Apply(logits, expected);

        using var loaded = SaveAndLoad(_model);
        foreach (var model in new[] { _model, loaded })
        {
            var scores = model.Score(_images);
            Assert.Equal(method, model.Calibrator.Method);
            Assert.Equal(expected, scores.CalibratedProbabilities);
            for (int i = 0; i < _images.Count; i++)
                Assert.Equal(expected[i * 3 + scores.PredictedClass[i]], scores.Confidence[i]);
            Assert.Equal(method == CalibrationMethod.Temperature, model.Temperature != 1);
        }
    }

    [Fact]
    public void PredictionSetsComeFromTheProbabilitiesBeforeCalibration()
    {
        var options = new ConformalOptions { Method = ConformalMethod.Aps, Coverage = 0.8, Randomized = false };
        _model.Calibrate(_heldOut, predictionSets: options);
        var expected = ConformalPredictor.Fit(_model.Score(_heldOut).Probabilities, _heldOut.Labels, 3, options);

        using var loaded = SaveAndLoad(_model);
        foreach (var model in new[] { _model, loaded })
            Assert.Equal((expected.Threshold, options), (model.PredictionSets!.Threshold, model.PredictionSets.Options));
    }

    [Fact]
    public void OptionsReachTheTrainedModel()
    {
        var options = SmallImages.Quick with { Epochs = 1, CalibrationMethod = CalibrationMethod.Vector, PredictionSets = new() { Method = ConformalMethod.Thr, Coverage = 0.7 } };
        using var model = ModelTrainer.Train(SmallImages.Patterns(60), options);
        Assert.Equal(CalibrationMethod.Vector, model.Calibrator.Method);
        Assert.Equal(options.PredictionSets, model.PredictionSets!.Options);

        using var nothingHeldOut = ModelTrainer.Train(SmallImages.Patterns(60), options with { ValidationFraction = 0 });
        Assert.Equal(CalibrationMethod.None, nothingHeldOut.Calibrator.Method);
        Assert.Null(nothingHeldOut.PredictionSets);
        Assert.Equal(1, nothingHeldOut.Temperature);

        Assert.Throws<ArgumentOutOfRangeException>(() => ModelTrainer.Train(SmallImages.Patterns(60), options with { PredictionSets = new() { Coverage = 1 } }));
    }

    private static HdgeModel SaveAndLoad(HdgeModel model)
    {
        using var file = new MemoryStream();
        model.Save(file);
        return HdgeModel.Load(file, "cpu");
    }
}
