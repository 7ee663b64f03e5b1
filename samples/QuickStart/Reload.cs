using System.Runtime.InteropServices;
using Microsoft.ML;

namespace QuickStart;

/// <summary>What a service does with the model: a fresh process loads it with stock ML.NET calls and predicts.</summary>
internal static class Reload
{
    /// <summary>Exit code of the second process where its scores differ from the first one's.</summary>
    public const int ScoresDiffer = 3;

    public static int Run(string modelPath, string scoresPath, string data)
    {
        var ml = new MLContext(seed: 0);
        var model = ml.Model.Load(modelPath, out _);
        var test = Rows.Load(ml, data, "t10k");
        bool equal = Scores(Rows.Predictions(ml, model.Transform(test))).AsSpan().SequenceEqual(File.ReadAllBytes(scoresPath));
        Console.WriteLine($"second process: loaded {Path.GetFileName(modelPath)}, scores {(equal ? "equal" : "DIFFER")}");

        using var engine = ml.Model.CreatePredictionEngine<ImageRow, Prediction>(model);
        foreach (var (what, folder) in new[] { ("clothing", data), ("a digit", Path.Combine(Arguments.Shipped, "mnist")), ("a letter", Path.Combine(Arguments.Shipped, "notmnist")) })
        {
            var row = ml.Data.CreateEnumerable<ImageRow>(ml.Data.TakeRows(Rows.Load(ml, folder, "t10k", labelled: false), 1), reuseRowObject: false).Single();
            var p = engine.Predict(row);
            Console.WriteLine($"  {what,-9} → {p.PredictedClass,-8} confidence {p.Confidence:P0}, log-density {p.LogDensity:F2}, in distribution: {(p.IsInDistribution ? "yes" : "no")}");
        }
        return equal ? 0 : ScoresDiffer;
    }

    /// <summary>All scores as bytes: equal means equal to the last bit.</summary>
    public static byte[] Scores(List<Prediction> predictions) =>
        MemoryMarshal.AsBytes<float>(predictions.SelectMany(p => p.Score.Append(p.LogDensity).Append(p.Confidence)).ToArray()).ToArray();
}
