using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary><see cref="HdgeTransformer.From"/> reaches class names, columns and network of a fitted or loaded model.</summary>
public class FromTests
{
    private readonly MLContext _context = Trained.Context;

    [Fact]
    public void ItIsFoundInATransformerAndInChainsOfAnyDepth()
    {
        HdgeTransformer expected = Trained.Transformer;
        ITransformer back = _context.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(Trained.Model.Transform(Trained.View(_context, 3)));

        Assert.Same(expected, HdgeTransformer.From(expected));
        Assert.Same(expected, HdgeTransformer.From(Trained.Model));
        Assert.Same(expected, HdgeTransformer.From(Trained.Model.Append(back)));
        Assert.Same(expected, HdgeTransformer.From(new TransformerChain<ITransformer>(new TransformerChain<ITransformer>(Trained.Model, back), back)));
        Assert.Same(expected, HdgeTransformer.From(new TransformerChain<ITransformer>(expected, expected)));
    }

    [Fact]
    public void ALoadedChainTellsClassNamesColumnsAndNetwork()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        (options.ScoreColumnName, options.LogDensityColumnName, options.PredictionSetColumnName) = ("Probability", "Density", "Set");
        using TransformerChain<HdgeTransformer> fitted = Trained.Fit(_context, options);
        using var file = new MemoryStream();
        _context.Model.Save(new TransformerChain<ITransformer>(fitted), Trained.View(_context, 1).Schema, file);
        file.Position = 0;
        ITransformer model = new MLContext().Model.Load(file, out _);

        using HdgeTransformer transformer = HdgeTransformer.From(model);
        Assert.Equal(["row", "column", "diagonal"], transformer.ClassNames);
        Assert.Equal(fitted.LastTransformer.Model.Decision.Lower, transformer.Model.Decision.Lower);
        Assert.Equal(
            new string?[] { "Features", "PredictedLabel", "Probability", "Density", "Confidence", "IsInDistribution", null, "Set", "DetectionScore" },
            new string?[]
            {
                transformer.FeatureColumnName, transformer.PredictedLabelColumnName, transformer.ScoreColumnName, transformer.LogDensityColumnName, transformer.ConfidenceColumnName,
                transformer.IsInDistributionColumnName, transformer.CalibratedScoreColumnName, transformer.PredictionSetColumnName, transformer.DetectionScoreColumnName,
            });
        Assert.NotNull(model.GetOutputSchema(Trained.View(_context, 1).Schema).GetColumnOrNull(transformer.LogDensityColumnName));
    }

    [Fact]
    public void NoneOrSeveralAreRefusedWithWhatWasFound()
    {
        IDataView rows = Trained.View(_context, 9);
        var keys = _context.Transforms.Conversion.MapValueToKey("Label").Fit(rows);
        HdgeTrainer.Options options = Trained.QuickOptions();
        (options.FeatureColumnName, options.PredictedLabelColumnName) = ("Elsewhere", "Other");
        IDataView elsewhere = _context.Transforms.CopyColumns("Elsewhere", "Features").Fit(rows).Transform(keys.Transform(rows));
        using HdgeTransformer second = _context.MulticlassClassification.Trainers.Hdge(options).Fit(elsewhere);

        string none = Assert.Throws<ArgumentException>(() => HdgeTransformer.From(new TransformerChain<ITransformer>(keys))).Message;
        Assert.Contains("holds no HDGE transformer", none, StringComparison.Ordinal);
        Assert.Contains("ValueToKeyMappingTransformer", none, StringComparison.Ordinal);
        Assert.Contains("made of nothing", Assert.Throws<ArgumentException>(() => HdgeTransformer.From(new TransformerChain<ITransformer>())).Message, StringComparison.Ordinal);
        string several = Assert.Throws<ArgumentException>(() => HdgeTransformer.From(new TransformerChain<ITransformer>(Trained.Model, second))).Message;
        Assert.Contains("2 HDGE transformers, of the feature columns 'Features', 'Elsewhere'", several, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => HdgeTransformer.From(null!));
    }
}
