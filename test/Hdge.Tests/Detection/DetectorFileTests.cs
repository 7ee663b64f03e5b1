using Hdge.Detection;
using Hdge.Fuzz;
using Hdge.Networks;

namespace Hdge.Tests.Detection;

public sealed class DetectorFileTests : IDisposable
{
    private readonly HdgeModel _model = new(new WideResNetOptions().Create(SmallImages.Shape, 3, 1), new PixelScaling(), CPU);
    private readonly ImageSet _test = SmallImages.Patterns(40, 3);

    public DetectorFileTests()
    {
        _model.FitDetectors(SmallImages.Patterns(90, 1), SmallImages.Patterns(60, 2), new DetectionOptions
        {
            Score = DetectionScore.Auto,
            Also = DetectorRegistry.GradientFree,
            GenExponent = 0.2,
        });
    }

    public void Dispose() => _model.Dispose();

    private byte[] Saved()
    {
        using var stream = new MemoryStream();
        _model.Save(stream);
        return stream.ToArray();
    }

    [Fact]
    public void ALoadedModelGivesTheSameScores()
    {
        using var loaded = HdgeModel.Load(new MemoryStream(Saved()), "cpu");
        var (a, b) = (_model.DetectionScores(_test, DetectorRegistry.All), loaded.DetectionScores(_test, DetectorRegistry.All));
        foreach (var score in DetectorRegistry.All)
            Assert.Equal(a[score], b[score]);
        Assert.Equal((_model.Decision, _model.Detectors.Options.GenExponent), (loaded.Decision, loaded.Detectors.Options.GenExponent));
        Assert.Equal(_model.Detectors.AutoAuroc, loaded.Detectors.AutoAuroc);
        Assert.Equal(_model.Score(_test).IsInDistribution, loaded.Score(_test).IsInDistribution);
    }

    [Fact]
    public void AFileWithoutTheScoreThatDecidesIsRefused()
    {
        _model.FitDetectors(SmallImages.Patterns(90, 1), SmallImages.Patterns(60, 2), new DetectionOptions());
        byte[] file = Rewrite("model.json", text => text.Replace("\"Score\": \"LogDensity\"", "\"Score\": \"Vim\"", StringComparison.Ordinal));
        Assert.Contains("decides by Vim", Assert.Throws<InvalidDataException>(() => HdgeModel.Load(new MemoryStream(file), "cpu")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedDetectorsAreRefused()
    {
        Refused("detectors.json", _ => null, "no 'detectors.json'");
        Refused("detectors.json", _ => "{", "detectors.json is damaged");
        Refused("detectors.json", t => t.Replace("\"Neighbors\": 90", "\"Neighbors\": 2000000000", StringComparison.Ordinal), "expected F32 [2000000000, 64]");
        Refused("detectors.json", t => t.Replace("\"GaussianClasses\": 3", "\"GaussianClasses\": 4", StringComparison.Ordinal), "GaussianClasses 4");
        Refused("detectors.json", t => t.Replace("\"VimComplement\": 32", "\"VimComplement\": 65", StringComparison.Ordinal), "VimComplement 65");
        Refused("detectors.json", t => t.Replace("\"GenExponent\": 0.2", "\"GenExponent\": 2", StringComparison.Ordinal), "GenExponent");
        Refused("detectors.json", t => t.Replace("\"RankScores\": [", "\"RankScores\": null, \"X\": [", StringComparison.Ordinal), "RankScores");
        Refused("detectors.safetensors", _ => null, "no 'detectors.safetensors'");
        Refused("detectors.safetensors", t => t[..^8], "claims the bytes");
        Refused("detectors.safetensors", t => t[..^8] + "\0\0\0\0\0\0\u00f8\u007f", "not finite");

        void Refused(string name, Func<string, string?> change, string says) =>
            Assert.Contains(says, Assert.Throws<InvalidDataException>(() => HdgeModel.Load(new MemoryStream(Rewrite(name, change)), "cpu")).Message, StringComparison.Ordinal);
    }

    private byte[] Rewrite(string name, Func<string, string?> change) => ModelParts.Change(Saved(), name, change);
}
