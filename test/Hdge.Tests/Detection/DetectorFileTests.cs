using System.Text.RegularExpressions;
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
            Detectors = [new GenDetector { Exponent = 0.2 }],
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
        var (a, b) = (_model.DetectionScores(_test, _model.Detectors.Available), loaded.DetectionScores(_test, _model.Detectors.Available));
        Assert.Equal(DetectorRegistry.All.Except([DetectionScore.Rotation]), _model.Detectors.Available); // no head was trained for it
        foreach (var score in _model.Detectors.Available)
            Assert.Equal(a[score], b[score]);
        Assert.Equal((_model.Decision, 0.2), (loaded.Decision, ((GenDetector)loaded.Detectors.Find(DetectionScore.Gen).Detector).Exponent));
        Assert.Equal(_model.Detectors.AutoAuroc, loaded.Detectors.AutoAuroc);
        Assert.Equal(_model.Score(_test).IsInDistribution, loaded.Score(_test).IsInDistribution);
    }

    [Fact]
    public void AFileWithoutTheScoreThatDecidesIsRefused()
    {
        _model.FitDetectors(SmallImages.Patterns(90, 1), SmallImages.Patterns(60, 2), new DetectionOptions { Score = DetectionScore.LogDensity });
        byte[] file = Rewrite("model.json", text => text.Replace("\"Score\": \"log-density\"", "\"Score\": \"vim\"", StringComparison.Ordinal));
        Assert.Contains("decides by vim", Assert.Throws<InvalidDataException>(() => HdgeModel.Load(new MemoryStream(file), "cpu")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedDetectorsAreRefused()
    {
        Refused("detectors.json", _ => null, "no 'detectors.json'");
        Refused("detectors.json", _ => "{", "detectors.json is damaged");
        Refused("detectors.safetensors", t => t.Replace("[90,64]", "[90,65]", StringComparison.Ordinal), "'nearest-neighbors.features' is [90, 65], expected [at least 0, 64]");
        Refused("detectors.safetensors", t => t.Replace("[90,64]", "[91,64]", StringComparison.Ordinal), "'nearest-neighbors.features' takes the bytes");
        Refused("detectors.safetensors", t => t.Replace("[3,64]", "[4,64]", StringComparison.Ordinal), "'gaussian.centers' is [4, 64], expected [1..3, 64]");
        Refused("detectors.safetensors", t => t.Replace("[64,32]", "[32,64]", StringComparison.Ordinal), "'vim.complement' is [32, 64], expected [64, 32]");
        Refused("detectors.safetensors", t => t.Replace("vim.origin", "vim.orange", StringComparison.Ordinal), "lacks 'vim.origin'");
        Refused("detectors.json", t => t.Replace("\"Dimension\": null", "\"Dimension\": 3", StringComparison.Ordinal), "'vim.complement' is [64, 32], expected [64, 61]");
        Refused("detectors.json", t => t.Replace("\"Exponent\": 0.2", "\"Exponent\": 2", StringComparison.Ordinal), "Exponent");
        Refused("detectors.json", t => t.Replace("\"Scores\": [", "\"Scores\": null, \"X\": [", StringComparison.Ordinal), "Scores");
        Refused("detectors.json", t => Regex.Replace(t, "(\"vim\": {\\s*)\"scale\":", "$1\"size\":"), "what 'vim' was fitted to has the numbers [size], expected [scale]");
        Refused("detectors.json", t => t.Replace("\"gaussian\": {}", "\"gaussian\": null", StringComparison.Ordinal), "Fitted has null for 'gaussian'");
        Refused("detectors.json", t => t.Replace("\"gaussian\": {}", "\"gauss\": {}", StringComparison.Ordinal), "what 'gauss' was fitted to, which this program does not know");
        Refused("detectors.json", t => t.Replace("\"gaussian\": {},", "", StringComparison.Ordinal), "holds 'gaussian.");
        Refused("detectors.json", t => t.Replace("\"gen\": {", "\"gone\": {", StringComparison.Ordinal), "the detector 'gone', which this program does not know");
        Refused("detectors.json", t => t.Replace("\"temperature\": 1", "\"temperature\": -1", StringComparison.Ordinal), "energy was fitted to is out of range: temperature is -1");
        Refused("detectors.json", t => t.Replace("\"Score\": \"auto\"", "\"Score\": \"no-such\"", StringComparison.Ordinal), "no detector 'no-such'");
        Refused("detectors.json", t => t.Replace("\"AutoAuroc\": {", "\"AutoAuroc\": { \"no-such\": 2,", StringComparison.Ordinal), "AutoAuroc 2 for no-such");
        Refused("detectors.safetensors", _ => null, "no 'detectors.safetensors'");
        Refused("detectors.safetensors", t => t[..^8], "claims the bytes");
        Refused("detectors.safetensors", t => t[..^8] + "\0\0\0\0\0\0\u00f8\u007f", "not finite");

        void Refused(string name, Func<string, string?> change, string says) =>
            Assert.Contains(says, Assert.Throws<InvalidDataException>(() => HdgeModel.Load(new MemoryStream(Rewrite(name, change)), "cpu")).Message, StringComparison.Ordinal);
    }

    private byte[] Rewrite(string name, Func<string, string?> change) => ModelParts.Change(Saved(), name, change);
}
