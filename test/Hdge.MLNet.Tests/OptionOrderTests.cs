using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Detection;
using Hdge.MLNet.Tests.Data;
using Hdge.Training;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>The short ways of the options are laid over Training when the trainer is made, in whatever order they were set.</summary>
public class OptionOrderTests
{
    [Fact]
    public void B3_TheOrderOfInitialisersDoesNotMatter()
    {
        var first = new HdgeTrainer.Options { Epochs = 2, Scale = 1 / 255f, Mean = [0.25f], StandardDeviation = [2], Training = Training() };
        var last = new HdgeTrainer.Options { Training = Training(), StandardDeviation = [2], Mean = [0.25f], Scale = 1 / 255f, Epochs = 2 };
        Assert.All([first, last], options =>
        {
            var epochs = new List<EpochMetrics>();
            options.MetricsCallback = epochs.Add;
            using HdgeTransformer model = Fit(options);

            Assert.Equal([(1, 2), (2, 2)], epochs.Select(epoch => (epoch.Epoch, epoch.Epochs)));
            Assert.Equal((1 / 255f, 0.25f, 2f), (model.Model.Scaling.Scale, Assert.Single(model.Model.Scaling.Mean), Assert.Single(model.Model.Scaling.StandardDeviation)));
        });
    }

    [Fact]
    public void B3_EveryShortWayOutlivesTraining()
    {
        var options = new HdgeTrainer.Options
        {
            Epochs = 1,
            CalibrationMethod = CalibrationMethod.Vector,
            Coverage = 0.8,
            PredictionSetMethod = ConformalMethod.Aps,
            DetectionScore = DetectionScore.MaxLogit,
            ValidationFraction = 0.4,
            Device = "cpu",
            Training = Training() with { ValidationFraction = 0 },
        };
        using HdgeTransformer model = Fit(options);

        Assert.Equal(CalibrationMethod.Vector, model.Model.Calibrator.Method); // and held-out images, or it would be None
        Assert.Equal((0.8, ConformalMethod.Aps), (model.Model.PredictionSets!.Options.Coverage, model.Model.PredictionSets.Options.Method));
        Assert.Equal(DetectionScore.MaxLogit, model.Model.Decision.Score);
    }

    [Fact]
    public void B3_WhatIsNotSetIsTrainings()
    {
        var epochs = new List<EpochMetrics>();
        var options = new HdgeTrainer.Options { Training = Training() with { Epochs = 2, CalibrationMethod = CalibrationMethod.None }, MetricsCallback = epochs.Add };
        using HdgeTransformer model = Fit(options);

        Assert.Equal((2, CalibrationMethod.None), (epochs.Count, model.Model.Calibrator.Method));
        Assert.Null(options.Epochs);
    }

    [Fact]
    public void B3_ATrainerKeepsWhatItWasMadeWith()
    {
        float[] mean = [0.25f];
        var epochs = new List<EpochMetrics>();
        var options = new HdgeTrainer.Options { Epochs = 1, Mean = mean, Training = Training(), MetricsCallback = epochs.Add };
        MLContext context = Trained.Context;
        HdgeTrainer trainer = context.MulticlassClassification.Trainers.Hdge(options);
        (options.Epochs, options.Training, mean[0]) = (3, new TrainingOptions(), 9);
        using HdgeTransformer model = trainer.Fit(context.Data.LoadFromEnumerable(KeyedImage.Many(30)));

        Assert.Equal((1, 0.25f), (epochs.Count, model.Model.Scaling.Mean[0]));
    }

    private static TrainingOptions Training() => new() { BatchSize = 16, ValidationFraction = 0.2 };

    private static HdgeTransformer Fit(HdgeTrainer.Options options)
    {
        MLContext context = Trained.Context;
        return context.MulticlassClassification.Trainers.Hdge(options).Fit(context.Data.LoadFromEnumerable(KeyedImage.Many(30)));
    }
}
