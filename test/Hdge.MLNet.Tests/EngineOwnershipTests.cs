using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>ML.NET's prediction engines dispose the model they were made from, unless told otherwise.</summary>
public class EngineOwnershipTests
{
    private readonly MLContext _context = Trained.Context;

    [Fact]
    public void C10_ASecondEngineOnADisposedModelIsToldTheCure()
    {
        using var model = Trained.Fit(_context, Trained.QuickOptions());
        using (var first = _context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>(model))
            first.Predict(TinyImages.Labelled(1)[0]);

        Told(() => _context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>(model));
        Told(() => model.LastTransformer.Transform(Trained.View(_context, 3)));
    }

    [Fact]
    public void C10_AnEngineThatOutlivesItsModelIsToldToo()
    {
        using var model = Trained.Fit(_context, Trained.QuickOptions());
        var not = new PredictionEngineOptions { OwnsTransformer = false };
        using var engine = _context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>(model, not);
        model.Dispose();

        Told(() => engine.Predict(TinyImages.Labelled(1)[0]));
    }

    [Fact]
    public void C10_TheCureCures()
    {
        using var model = Trained.Fit(_context, Trained.QuickOptions());
        var densities = new List<float>();
        for (int i = 0; i < 2; i++)
        {
            using var engine = _context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>(model, new PredictionEngineOptions { OwnsTransformer = false });
            densities.Add(engine.Predict(TinyImages.Labelled(1)[0]).LogDensity);
        }

        Assert.Equal(densities[0], densities[1]);
    }

    private static void Told(Action action)
    {
        var error = Assert.Throws<ObjectDisposedException>(action);
        Assert.Contains("PredictionEngineOptions { OwnsTransformer = false }", error.Message, StringComparison.Ordinal);
        Assert.Equal(nameof(HdgeTransformer), error.ObjectName);
    }
}
