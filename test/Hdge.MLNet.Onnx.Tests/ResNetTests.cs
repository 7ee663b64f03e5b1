using Hdge.Data;
using Hdge.Networks;
using Hdge.Onnx;
using static TorchSharp.torch;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>Residual networks by torchvision's layout, with and without another size inside.</summary>
public class ResNetTests
{
    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    private static readonly Dictionary<string, (NetworkOptions Options, ImageShape Shape)> s_kinds = new()
    {
        ["ResNet-18"] = (new ResNet18Options(), new(3, 34, 40)),
        ["ResNet-18, small images"] = (new ResNet18Options { SmallImages = true }, new(1, 9, 11)),
        ["ResNet-18, enlarged"] = (new ResNet18Options { InputSize = 48 }, new(3, 20, 30)),
        ["ResNet-18, reduced"] = (new ResNet18Options { InputSize = 32 }, new(3, 50, 70)),
        ["ResNet-50"] = (new ResNet50Options { SmallImages = true }, new(1, 9, 9)),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SaysTheSame(string kind)
    {
        var (options, shape) = s_kinds[kind];
        var network = options.Create(shape, 3, seed: 1);
        network.train();
        using (no_grad())
        using (NewDisposeScope())
            network.call(rand(8, shape.Channels, shape.Height, shape.Width)); // running averages other than those it began with
        using var model = new HdgeModel(network, new PixelScaling { Mean = [0.45f], StandardDeviation = [0.22f] }, CPU);
        var test = Models.Images(shape, 6, 2);
        var expected = model.Score(test);
        using var exported = HdgeOnnxModel.Load(new MemoryStream(Models.Save(model, new() { Input = OnnxInput.Byte })), new() { Threads = 1 });
        var found = exported.Score(test);
        Scored.Close(expected.Probabilities, found.Probabilities);
        Scored.Close(expected.LogDensity, found.LogDensity);
        Assert.Equal(expected.PredictedClass, found.PredictedClass);
    }

    [Fact]
    public void IsRoundedTo8Bits()
    {
        var (options, shape) = s_kinds["ResNet-18, reduced"];
        using var model = new HdgeModel(options.Create(shape, 3, seed: 1), new PixelScaling(), CPU);
        ImageSet calibration = Models.Images(shape, 200, 1), test = Models.Images(shape, 40, 2);
        model.Calibrate(calibration);
        using var exported = HdgeOnnxModel.Load(new MemoryStream(Models.Save(model, new() { Precision = OnnxPrecision.Int8, CalibrationImages = calibration })), new() { Threads = 1 });
        ScoreBatch expected = model.Score(test), found = exported.Score(test);
        Assert.True(expected.PredictedClass.Zip(found.PredictedClass).Count(p => p.First == p.Second) >= 38);
        double spread = expected.LogDensity.Max() - expected.LogDensity.Min();
        Assert.True(expected.LogDensity.Zip(found.LogDensity).Average(p => Math.Abs(p.First - p.Second)) < 0.1 * spread);
    }
}
