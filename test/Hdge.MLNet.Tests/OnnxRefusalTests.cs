using Hdge.MLNet.Tests.Data;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>Trials B1: what cannot be exported is refused, never written wrongly.</summary>
public class OnnxRefusalTests
{
    private readonly MLContext _context = Trained.Context;

    [Fact]
    public void B1_ConvertToOnnxRefusesTheModel()
    {
        IDataView data = Trained.View(_context, 4);
        using var file = new MemoryStream();
        var error = Assert.ThrowsAny<Exception>(() => _context.Model.ConvertToOnnx(Trained.Model, data, file));
        Assert.Contains("ConvertToOnnx cannot export HDGE's transformers", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }

    [Fact]
    public void B1_ConvertToOnnxRefusesACalibrator()
    {
        IDataView scored = Trained.Model.Transform(Trained.View(_context, 60));
        var calibrator = _context.MulticlassClassification.Calibrators.Temperature().Fit(scored);
        using var file = new MemoryStream();
        Assert.Contains("cannot export", Assert.ThrowsAny<Exception>(() => _context.Model.ConvertToOnnx(calibrator, scored, file)).Message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }
}
