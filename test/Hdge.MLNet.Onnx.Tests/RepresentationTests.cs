using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Onnx;
using Hdge.Training;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>Networks that learned without labels, as files that anybody runs.</summary>
public class RepresentationTests
{
    private static RepresentationModel Train(AttentionLayout attention, ImageShape shape, DetectionScore? score = null, int reduction = 1, bool firstPixel = true) => RepresentationTrainer.Train(Models.Images(shape, 80, 1), TrainingPresets.GcrlFast with
    {
        Network = new PixelTransformerOptions { Colors = 6, Width = 12, Heads = 3, Blocks = 4, Attention = attention, Reduction = reduction, FirstPixel = firstPixel },
        Augmentation = new AugmentationOptions { CropPadding = 1, SecondView = new ViewAugmentationOptions { HorizontalFlip = false } },
        Detection = new DetectionOptions { Score = score ?? DetectionScore.LogLikelihood },
        Epochs = 2,
        BatchSize = 16,
        WarmUpSteps = 2,
        LearningRate = 0.01,
        Device = "cpu",
    });

    private static byte[] Save(RepresentationModel model, OnnxOptions? options = null)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, options);
        return file.ToArray();
    }

    [Theory]
    [InlineData(AttentionLayout.Axial, 1, 1)]
    [InlineData(AttentionLayout.Axial, 3, 2)]
    [InlineData(AttentionLayout.Full, 1, 2)]
    [InlineData(AttentionLayout.Full, 3, 1)]
    public void TheFileSaysWhatTheNetworkSays(AttentionLayout attention, int channels, int reduction)
    {
        var shape = new ImageShape(channels, 8, 6);
        using var model = Train(attention, shape, DetectionScore.Mahalanobis, reduction, firstPixel: channels == 1);
        var test = Models.Images(shape, 40, 3);
        var expected = model.Score(test);
        foreach (int opset in new[] { 11, 13, 17 })
        {
            Same(Runtime.Run(Save(model, new() { Opset = opset }), Models.Singles(test), test.Count));
            Same(Runtime.Run(Save(model, new() { Opset = opset, Input = OnnxInput.Byte }), test.Bytes(0, test.Count).ToArray(), test.Count));
        }
        Assert.Contains(true, expected.IsInDistribution);

        void Same(Dictionary<string, Array> found)
        {
            Scored.Close(expected.Representations, (float[])found["Representation"]);
            Scored.Close(expected.LogLikelihood, (float[])found["LogLikelihood"]);
            Scored.Close(expected.DetectionScore, (float[])found["DetectionScore"], Scored.Spread(expected.DetectionScore));
            Assert.Equal(expected.IsInDistribution, (bool[])found["IsInDistribution"]);
        }
    }

    [Fact]
    public void AScoreWithoutAGraphIsLeftOutAndEightBitsAreRefused()
    {
        var shape = new ImageShape(1, 6, 6);
        using var model = Train(AttentionLayout.Axial, shape, DetectionScore.ComplexityCorrected);
        var test = Models.Images(shape, 10, 3);
        var found = Runtime.Run(Save(model), Models.Singles(test), 10);
        Assert.Equal(["LogLikelihood", "Representation"], found.Keys.Order(StringComparer.Ordinal));
        Scored.Close(model.Score(test).LogLikelihood, (float[])found["LogLikelihood"]);
        Assert.Contains("without labels", Assert.Throws<ArgumentException>(() => Save(model, new() { ClassNames = ["a"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AClassifierOnItIsExportedLikeEveryOther()
    {
        var shape = new ImageShape(1, 8, 8);
        var backbone = new PixelTransformerOptions { Colors = 6, Width = 12, Heads = 3, Blocks = 3 }.Create(shape, 3, seed: 4);
        using var model = new HdgeModel(backbone, new PixelScaling(), TorchSharp.torch.CPU);
        model.FitDetectors(Models.Images(shape, 60, 1), Models.Images(shape, 60, 2), new DetectionOptions { Score = DetectionScore.LogLikelihood }, 0.8);
        model.Calibrate(Models.Images(shape, 60, 2), 0.8);
        var test = Models.Images(shape, 20, 3);
        var expected = model.Score(test);
        using var onnx = HdgeOnnxModel.Load(new MemoryStream(Models.Save(model)));
        var found = onnx.Score(test);
        Scored.Close(expected.Probabilities, found.Probabilities);
        Scored.Close(expected.DetectionScore, found.DetectionScore);
        Assert.Equal(expected.PredictedClass, found.PredictedClass);
    }
}
