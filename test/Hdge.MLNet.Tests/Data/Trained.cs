using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests.Data;

/// <summary>A pipeline trained once for all tests that only score.</summary>
internal static class Trained
{
    public const int TrainingImages = 150;

    private static readonly Lazy<TransformerChain<HdgeTransformer>> Shared = new(() => Fit(Context));

    /// <summary>A context of its own for whoever asks.</summary>
    public static MLContext Context => new(seed: 1);

    /// <summary>MapValueToKey and an HDGE model. Not to be disposed.</summary>
    public static TransformerChain<HdgeTransformer> Model => Shared.Value;

    /// <summary>The HDGE model alone.</summary>
    public static HdgeTransformer Transformer => Model.LastTransformer;

    /// <summary>Settings that train in a second.</summary>
    public static HdgeTrainer.Options QuickOptions(int epochs = 1) => new()
    {
        Epochs = epochs,
        Training = new() { Epochs = epochs, BatchSize = 16, LearningRate = 0.02, ValidationFraction = 0.2 },
    };

    public static TransformerChain<HdgeTransformer> Fit(MLContext context, HdgeTrainer.Options? options = null) =>
        context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.MulticlassClassification.Trainers.Hdge(options ?? QuickOptions(3)))
            .Fit(View(context, TrainingImages));

    /// <summary>The first images as a data view.</summary>
    public static IDataView View(MLContext context, int count, int first = 0) => context.Data.LoadFromEnumerable(TinyImages.Labelled(count, first));

    /// <summary>All rows of a scored data view.</summary>
    public static ScoredImage[] Rows(MLContext context, IDataView scored) => [.. context.Data.CreateEnumerable<ScoredImage>(scored, reuseRowObject: false)];

    /// <summary>Asserts that a pipeline tells most images of the three classes apart, and scores the same once it was saved and loaded.</summary>
    public static void AssertLearnsAndSurvivesItsFile(MLContext context, ITransformer model)
    {
        IDataView test = View(context, 60, first: 1000);
        ScoredImage[] before = Rows(context, model.Transform(test));
        double accuracy = context.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
        Assert.True(accuracy > 0.6, $"accuracy {accuracy} of three classes");

        using var file = new MemoryStream();
        context.Model.Save(model, test.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out DataViewSchema _);
        ScoredImage[] after = Rows(context, loaded.Transform(test));
        Assert.All(before.Zip(after), pair => AssertAlike(pair.First, pair.Second));
        (loaded as IDisposable)?.Dispose();
    }

    /// <summary>Asserts that two rows have the same scores. Batches of different sizes may differ in the last digits.</summary>
    public static void AssertAlike(ScoredImage expected, ScoredImage actual, double tolerance = 1e-4)
    {
        Assert.Equal(expected.PredictedLabel, actual.PredictedLabel);
        Assert.Equal(expected.Score.Length, actual.Score.Length);
        for (int i = 0; i < expected.Score.Length; i++)
            Assert.Equal(expected.Score[i], actual.Score[i], tolerance);
        Assert.Equal(expected.LogDensity, actual.LogDensity, tolerance * 10);
        Assert.Equal(expected.Confidence, actual.Confidence, tolerance);
    }
}
