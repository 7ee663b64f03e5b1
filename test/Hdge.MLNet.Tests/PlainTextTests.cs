using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>Console.WriteLine of what a user holds gives short readable text.</summary>
public class PlainTextTests
{
    private readonly MLContext _context = Trained.Context;

    [Fact]
    public void C12_Options()
    {
        Assert.Equal("Training: defaults", new TrainingOptions().ToString());
        Assert.Equal("Training: Network (WRN-28-10 (no norm, dropout 0.3)), Epochs 200, StepEpochs [1, 2]", new TrainingOptions
        {
            Epochs = 200,
            Network = new WideResNetOptions { Depth = 28, Width = 10, DropoutRate = 0.3, Normalization = Normalization.None },
            StepEpochs = [1, 2],
        }.ToString());
        Assert.Equal("MemoryBank: BankSize 64", new MemoryBankOptions { BankSize = 64 }.ToString());
        Assert.Equal("PixelScaling: Scale 0.5, Mean [0.25, 0.5, 0.75]", new PixelScaling { Scale = 0.5f, Mean = [0.25f, 0.5f, 0.75f] }.ToString());
        Assert.Equal("ResNet-50", new ResNet50Options().ToString());

        var options = new HdgeTrainer.Options { FeatureColumnName = "Pixels", Training = new() { BatchSize = 32 }, Epochs = 50 };
        Assert.Equal("label 'Label', features 'Pixels', the column's image shape, Training: Epochs 50, BatchSize 32", options.ToString());
        Assert.Equal($"HDGE trainer: {options}", _context.MulticlassClassification.Trainers.Hdge(options).ToString());
    }

    [Fact]
    public void C12_ModelAndTransformer()
    {
        HdgeTransformer transformer = Trained.Transformer;

        Assert.Equal("HDGE model: WRN-10-1 (batch norm) for images of 1x8x8 in 3 classes, on cpu, calibrated by Temperature, in-distribution by LogDensity",
            transformer.Model.ToString().Replace("cuda:0", "cpu", StringComparison.Ordinal));
        Assert.Equal($"HDGE transformer: column 'Features', {transformer.Model}", transformer.ToString());
        Assert.Equal("Calibrator: Temperature for 3 classes", transformer.Model.Calibrator.ToString());
        Assert.StartsWith("In-distribution by LogDensity; can give LogDensity, ", transformer.Model.Detectors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void C12_ImagesAndScores()
    {
        var images = ImageSet.FromBytes(new ImageShape(1, 8, 8), [.. TinyImages.Bytes(0), .. TinyImages.Bytes(1)], [0, 1], 3);
        ScoreBatch scores = Trained.Transformer.Model.Score(images);

        Assert.Equal("2 images of 1x8x8 in 3 classes, as bytes", images.ToString());
        Assert.Equal($"Scores of 2 images in 3 classes: {scores.IsInDistribution.Count(flag => flag)} in distribution, "
            + $"mean confidence {scores.Confidence.Average():F3}, mean log-density {scores.LogDensity.Average():F3}", scores.ToString());
        Assert.Equal("Scores: room for 4 images of 3 classes, none scored", new ScoreBatch(4, 3).ToString());
    }

    [Fact]
    public void C12_Metrics()
    {
        IDataView scored = Trained.Model.Transform(Trained.View(_context, 60));
        HdgeMetrics metrics = _context.MulticlassClassification.EvaluateHdge(scored, ("same", scored));
        string[] lines = metrics.ToString().Split(Environment.NewLine);

        Assert.Equal(2, lines.Length);
        Assert.StartsWith("60 images: accuracy ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("same (unknown), 60 images: AUROC 0.5000, ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("Calibration", metrics.Uncalibrated.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("DetectionMetrics: KnownCount 60, UnknownCount 60, Auroc 0.5, ", metrics.Unknowns[0].Detection.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void C12_NothingThatAUserHoldsShowsItsTypeName()
    {
        var calibrator = _context.MulticlassClassification.Calibrators.Temperature();
        IDataView scored = Trained.Model.Transform(Trained.View(_context, 60));
        object[] held = [calibrator, calibrator.Fit(scored), new MulticlassCalibratorEstimator.Options(), new HdgeEvaluationOptions(), Trained.Transformer.Model.PredictionSets!];

        Assert.All(held, item => Assert.DoesNotContain("Hdge.", item.ToString(), StringComparison.Ordinal));
    }
}
