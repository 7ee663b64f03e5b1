using Hdge.Detection;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using MyDetectors;

namespace Hdge.MLNet.Tests;

/// <summary>A detector of a user's own decides in a pipeline, before and after saving.</summary>
public sealed class CustomDetectorTests
{
    [Fact]
    public void ItsScoreIsTheColumnAndItsDecisionTheFlag()
    {
        var score = DetectionScore.Of("class-center");
        DetectorRegistry.Register(new ClassCenterDetector()); // for good: the tests of this assembly share it
        MLContext context = Trained.Context;
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.DetectionScore = score;
        using TransformerChain<HdgeTransformer> model = Trained.Fit(context, options);
        using var file = new MemoryStream();
        context.Model.Save(model, Trained.View(context, 1).Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        using HdgeTransformer transformer = HdgeTransformer.From(loaded);

        Assert.Equal(score, model.LastTransformer.Model.Decision.Score);
        Assert.Equal(model.LastTransformer.Model.Decision, transformer.Model.Decision);
        Row[] before = Rows(context, model), after = Rows(context, loaded);
        Assert.Equal(before.Select(row => row.DetectionScore), after.Select(row => row.DetectionScore));
        Assert.All(before, row => Assert.True(row.DetectionScore < 0));
        Assert.All(after, row => Assert.Equal(transformer.Model.Decision.Keeps(row.DetectionScore), row.IsInDistribution));
        Assert.Contains(after, row => row.IsInDistribution);
    }

    private static Row[] Rows(MLContext context, ITransformer model) => [.. context.Data.CreateEnumerable<Row>(model.Transform(Trained.View(context, 40)), reuseRowObject: false)];

    private sealed class Row
    {
        public float DetectionScore { get; set; }

        public bool IsInDistribution { get; set; }
    }
}
