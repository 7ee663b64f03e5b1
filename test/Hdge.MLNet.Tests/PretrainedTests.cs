using Hdge.MLNet.Tests.Data;
using Hdge.Networks;
using Hdge.Training;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>A model.zip as what a further model starts from.</summary>
public sealed class PretrainedTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"hdge-{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void AModelZipIsTakenAndFrozen()
    {
        MLContext context = Trained.Context;
        context.Model.Save(Trained.Model, Trained.View(context, 3).Schema, _file);
        var options = Trained.QuickOptions();
        options.Scale = 0.5f;
        options.Training = options.Training with { Pretrained = _file, Freeze = Freeze.Backbone, LearningRate = 1e-12, DensityGauge = DensityGauge.Raw };
        using var next = Trained.Fit(context, options);
        HdgeModel first = Trained.Transformer.Model, model = next.LastTransformer.Model;
        Assert.Equal(0.5f, model.Scaling.Scale); // of which bytes know nothing
        Assert.Equal(first.Scaling.Mean, model.Scaling.Mean);
        byte[] images = [.. Enumerable.Range(0, 20).SelectMany(TinyImages.Bytes)];
        var (expected, given) = (new ScoreBatch(20, 3), new ScoreBatch(20, 3));
        first.Score(images, 20, expected);
        model.Score(images, 20, given);
        Assert.Equal(expected.Probabilities, given.Probabilities);
    }

    [Fact]
    public void WhatDoesNotFitIsToldBeforeAnythingIsTrained()
    {
        MLContext context = Trained.Context;
        context.Model.Save(Trained.Model, Trained.View(context, 3).Schema, _file);
        var options = Trained.QuickOptions();
        options.Training = options.Training with { Pretrained = _file, Network = new WideResNetOptions { Depth = 16 } };
        var error = Assert.Throws<ArgumentException>(() => Trained.Fit(context, options));
        Assert.Contains("those of a WRN-10-1 (batch norm), but Network is a WRN-16-1 (batch norm)", error.Message, StringComparison.Ordinal);
        context.Model.Save(context.Transforms.Conversion.MapValueToKey("Label").Fit(Trained.View(context, 3)), Trained.View(context, 3).Schema, _file);
        Assert.Contains("It holds 0 models of HDGE", Assert.Throws<InvalidDataException>(() => Trained.Fit(context, options)).Message, StringComparison.Ordinal);
    }
}
