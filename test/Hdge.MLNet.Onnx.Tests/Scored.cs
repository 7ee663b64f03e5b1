using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>What a transformer says of an image, all columns.</summary>
internal sealed class Scored
{
    public uint PredictedLabel { get; set; }

    public float[] Score { get; set; } = [];

    public float LogDensity { get; set; }

    public float Confidence { get; set; }

    public bool IsInDistribution { get; set; }

    public float DetectionScore { get; set; }

    public float[] CalibratedScore { get; set; } = [];

    public bool[] PredictionSet { get; set; } = [];

    public static Scored[] Of(MLContext context, IDataView view) => [.. context.Data.CreateEnumerable<Scored>(view, reuseRowObject: false)];

    /// <summary>Same classes and flags, numbers within 1e-5 (relative above 1).</summary>
    public static void AssertSame(Scored[] expected, Scored[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        foreach (var (e, f) in expected.Zip(found))
        {
            Assert.Equal(e.PredictedLabel, f.PredictedLabel);
            Assert.Equal(e.IsInDistribution, f.IsInDistribution);
            Close([e.LogDensity, e.Confidence, e.DetectionScore, .. e.Score, .. e.CalibratedScore], [f.LogDensity, f.Confidence, f.DetectionScore, .. f.Score, .. f.CalibratedScore]);
        }
    }

    /// <summary>Standard deviation of scores over images: what a difference of them is measured by where it is above 1.</summary>
    public static double Spread(float[] scores)
    {
        double mean = scores.Average(s => (double)s);
        return Math.Sqrt(scores.Average(s => (s - mean) * (s - mean)));
    }

    public static void Close(float[] expected, float[] found, double scale = 1)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-5 * Math.Max(Math.Max(1, scale), Math.Abs(expected[i])), FormattableString.Invariant($"value {i}: {expected[i]} became {found[i]}"));
    }
}

/// <summary>A pipeline trained once for all tests of pipelines: a text label, and every column.</summary>
internal static class Trained
{
    private static readonly Lazy<TransformerChain<HdgeTransformer>> s_model = new(() => Fit(new() { Detection = new() { Score = Hdge.Detection.DetectionScore.ReAct } }));

    public static MLContext Context { get; } = new(seed: 1);

    public static TransformerChain<HdgeTransformer> Model => s_model.Value;

    public static HdgeTransformer Transformer => Model.LastTransformer;

    public static IDataView View(int count, int first = 0) => Context.Data.LoadFromEnumerable(TinyImages.Labelled(count, first));

    public static TransformerChain<HdgeTransformer> Fit(Hdge.Training.TrainingOptions training) => Context.Transforms.Conversion.MapValueToKey("Label")
        .Append(Context.MulticlassClassification.Trainers.Hdge(new HdgeTrainer.Options
        {
            CalibratedScoreColumnName = "CalibratedScore",
            PredictionSetColumnName = "PredictionSet",
            Training = training with { Epochs = 2, BatchSize = 16, LearningRate = 0.02, ValidationFraction = 0.3, Device = "cpu" },
        })).Fit(View(200));

    /// <summary>A file of its own for a test; the test deletes the folder.</summary>
    public static string Save(string folder, Hdge.Onnx.OnnxOptions? options = null)
    {
        string path = Path.Combine(folder, "model.onnx");
        Transformer.SaveOnnx(path, options);
        return path;
    }
}
