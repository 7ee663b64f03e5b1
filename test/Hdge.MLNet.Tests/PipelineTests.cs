using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>The whole chain as a user writes it.</summary>
public class PipelineTests
{
    [Fact]
    public void TrainsScoresAndEvaluates()
    {
        MLContext context = Trained.Context;
        IDataView scored = Trained.Model.Transform(Trained.View(context, 60, first: 1000));

        MulticlassClassificationMetrics metrics = context.MulticlassClassification.Evaluate(scored);

        Assert.True(metrics.MicroAccuracy > 0.9, $"accuracy {metrics.MicroAccuracy}");
        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [Fact]
    public void ScoresAreProbabilitiesAndTheOthersFollow()
    {
        MLContext context = Trained.Context;
        ScoredImage[] rows = Trained.Rows(context, Trained.Model.Transform(Trained.View(context, 60, first: 1000)));

        Assert.Equal(60, rows.Length);
        Assert.All(rows, row =>
        {
            Assert.Equal(1, row.Score.Sum(), 1e-5);
            Assert.Equal(row.Score.Max(), row.Score[(int)row.PredictedLabel - 1]);
            Assert.InRange(row.Confidence, 1f / 3, 1f);
            Assert.Equal(Trained.Transformer.Model.Decision.Keeps(row.LogDensity), row.IsInDistribution);
        });
    }

    [Fact]
    public void LaterEstimatorsSeeTheColumns()
    {
        MLContext context = Trained.Context;
        var chain = context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()))
            .Append(context.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"))
            .Append(context.Transforms.Concatenate("Both", "LogDensity", "Confidence", "Score"));
        IDataView scored = chain.Fit(Trained.View(context, 60)).Transform(Trained.View(context, 5));

        Assert.Equal(TextDataViewType.Instance, scored.Schema["Name"].Type);
        Assert.Equal(5, ((VectorDataViewType)scored.Schema["Both"].Type).Size);
        string[] names = [.. scored.GetColumn<string>("Name")];
        Assert.All(names, name => Assert.Contains(name, Trained.Transformer.ClassNames));
        Assert.Equal(5, scored.GetColumn<VBuffer<float>>("Both").Count());
    }

    [Fact]
    public void ShortFormTrains()
    {
        MLContext context = Trained.Context;
        HdgeTrainer trainer = context.MulticlassClassification.Trainers.Hdge("Class", "Image", new Hdge.Data.ImageShape(1, 8, 8), epochs: 1);
        IDataView view = Trained.View(context, 30);
        IDataView keyed = context.Transforms.CopyColumns("Image", "Features")
            .Append(context.Transforms.Conversion.MapValueToKey("Class", "Label"))
            .Fit(view).Transform(view);

        using HdgeTransformer model = trainer.Fit(keyed);

        Assert.Equal("Image", model.FeatureColumnName);
        Assert.Equal(keyed.Schema["Image"].Type, model.FeatureColumnType);
        Assert.Equal(["row", "column", "diagonal"], model.ClassNames);
        Assert.False(trainer.Info.NeedNormalization);
        Assert.False(trainer.Info.WantCaching);
    }

    [Fact]
    public void OutputNamesCanBeChanged()
    {
        MLContext context = Trained.Context;
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.PredictedLabelColumnName = "Class";
        options.ScoreColumnName = "Probabilities";
        options.LogDensityColumnName = "Density";
        options.ConfidenceColumnName = "Sure";
        options.IsInDistributionColumnName = "Known";
        options.DetectionScoreColumnName = "Alike";
        using TransformerChain<HdgeTransformer> model = Trained.Fit(context, options);
        IDataView view = Trained.View(context, 9);

        IDataView scored = model.Transform(view);

        Assert.Equal(["Class", "Probabilities", "Density", "Sure", "Known", "Alike"], scored.Schema.TakeLast(6).Select(column => column.Name));
        Assert.Equal(3, context.MulticlassClassification.Evaluate(scored, scoreColumnName: "Probabilities", predictedLabelColumnName: "Class").ConfusionMatrix.NumberOfClasses);
    }
}
