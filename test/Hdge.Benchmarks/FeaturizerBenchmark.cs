using System.Diagnostics;
using System.Globalization;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.MLNet;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.Benchmarks;

/// <summary>
/// Features that ML.NET's own <c>DnnFeaturizeImage</c> makes of CIFAR-10, enlarged to 224 by <c>ResizeImages</c>: <c>Trainers.Hdge</c> with a <see cref="FeatureNetworkOptions"/> beside
/// <c>LbfgsMaximumEntropy</c>, and how well each score tells SVHN, CelebA and CIFAR-100. The images are those of <see cref="PretrainedBenchmark"/>.
/// </summary>
internal static class FeaturizerBenchmark
{
    private const int Side = 224, Classes = 10;

    public static int Run(string[] arguments)
    {
        if (arguments is not [var folder, .. var numbers] || !numbers.All(n => int.TryParse(n, CultureInfo.InvariantCulture, out _)))
        {
            Console.Error.WriteLine("bench featurizer FOLDER [IMAGES TEST]");
            return 2;
        }
        int count = numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : 1500, tests = numbers.Length > 1 ? int.Parse(numbers[1], CultureInfo.InvariantCulture) : 1000;
        var ml = new MLContext(seed: 1);
        var featurize = ml.Transforms.ResizeImages("Image", Side, Side)
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image"))
            .Append(ml.Transforms.DnnFeaturizeImage("Features", m => m.ModelSelector.ResNet18(ml, m.OutputColumn, m.InputColumn), "Pixels"));
        var clock = Stopwatch.StartNew();
        var (train, known) = (Features("cifar10_batch1.bin", count), Features("cifar10_test.bin", tests));
        (string Name, Vector[] Rows)[] unknown = [("SVHN", Features("svhn_test_first10000.bin", tests)), ("CelebA", Features("celeba_first5000_32x32.bin", tests)), ("CIFAR-100", Features("cifar100_test.bin", tests))];
        Console.WriteLine(FormattableString.Invariant($"{count + 4 * tests} images featurized in {clock.Elapsed.TotalSeconds:F0} s, {Environment.ProcessorCount} threads"));

        var rows = ml.Data.LoadFromEnumerable(train);
        var test = ml.Data.LoadFromEnumerable(known);
        foreach (bool normalized in new[] { false, true })
        {
            IEstimator<ITransformer> stock = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy();
            var pipeline = ml.Transforms.Conversion.MapValueToKey("Label").Append(normalized ? ml.Transforms.NormalizeMeanVariance("Features").Append(stock) : stock);
            var metrics = ml.MulticlassClassification.Evaluate(pipeline.Fit(rows).Transform(test));
            Console.WriteLine(FormattableString.Invariant($"LbfgsMaximumEntropy{(normalized ? " after NormalizeMeanVariance" : "")}: accuracy {metrics.MicroAccuracy:F4}"));
        }
        var table = new List<object[]>();
        foreach (var (name, hidden, objective) in new (string, int[], ObjectiveOptions)[]
        {
            ("linear, in-batch", [], new InBatchOptions()), ("linear, cross-entropy", [], new CrossEntropyOptions()),
            ("256, in-batch", [256], new InBatchOptions()), ("256, cross-entropy", [256], new CrossEntropyOptions()),
        })
        for (int seed = 1; seed <= 3; seed++)
        {
            var model = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.MulticlassClassification.Trainers.Hdge(new HdgeTrainer.Options
            {
                CalibratedScoreColumnName = "CalibratedScore",
                Seed = seed,
                Epochs = 40,
                Training = new TrainingOptions
                {
                    Network = new FeatureNetworkOptions { Hidden = hidden },
                    Objective = objective,
                    BatchSize = 128,
                    Optimizer = OptimizerKind.AdamW,
                    LearningRate = 0.001,
                    WeightDecay = 0.01,
                    Detection = new() { Also = DetectorRegistry.GradientFree },
                    Device = "cpu",
                },
            })).Fit(rows);
            var metrics = ml.MulticlassClassification.EvaluateHdge(model.Transform(test));
            var hdge = HdgeTransformer.From(model).Model;
            var scores = hdge.Detectors.Available.Where(s => DetectorRegistry.GradientFree.Contains(s)).ToList();
            var ofKnown = hdge.DetectionScores(Set(known), scores);
            var ofUnknown = unknown.Select(u => hdge.DetectionScores(Set(u.Rows), scores)).ToList();
            foreach (var score in scores)
            {
                double[] each = [.. ofUnknown.Select(u => Auroc.Of(ofKnown[score], u[score]))];
                table.Add([name, score == hdge.Decision.Score ? $"{score} *" : $"{score}", each[0], each[1], each[2], each.Average(), metrics.Multiclass.MicroAccuracy, metrics.Calibrated!.Ece]);
            }
            Console.WriteLine(FormattableString.Invariant($"{name}, seed {seed}: accuracy {metrics.Multiclass.MicroAccuracy:F4}, ECE {metrics.Calibrated!.Ece:F4}, decides by {hdge.Decision.Score}"));
        }
        Report.Write("featurizer", "DnnFeaturizeImage's features, mean of three seeds; * where a run decided by it", ["network", "score", "SVHN", "CelebA", "CIFAR-100", "mean", "accuracy", "ECE"],
            [.. table.GroupBy(r => (r[0], Score: ((string)r[1]).TrimEnd(' ', '*'))).Select(g => new[] { g.Key.Item1, g.Any(r => ((string)r[1]).EndsWith('*')) ? $"{g.Key.Score} *" : g.Key.Score }
                .Concat(Enumerable.Range(2, 6).Select(c => (object)g.Average(r => (double)r[c]))).ToArray())]);
        return 0;

        Vector[] Features(string file, int most)
        {
            var images = PretrainedBenchmark.Read(folder, file, most);
            var view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, images.Count).Select(i => new Picture { Image = Open(images.Bytes(i)), Label = images.Labels[i] }));
            return [.. ml.Data.CreateEnumerable<Vector>(featurize.Fit(view).Transform(view), reuseRowObject: false)];
        }
    }

    private static ImageSet Set(Vector[] rows) => ImageSet.FromSingles(ImageShape.Vector(rows[0].Features.Length), [.. rows.SelectMany(r => r.Features)], [.. rows.Select(r => r.Label)], Classes);

    private static MLImage Open(ReadOnlySpan<byte> planes)
    {
        int plane = planes.Length / 3, side = (int)Math.Sqrt(plane);
        var pixels = new byte[4 * plane];
        for (int i = 0; i < plane; i++)
            (pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2], pixels[4 * i + 3]) = (planes[i], planes[plane + i], planes[2 * plane + i], byte.MaxValue);
        return MLImage.CreateFromPixels(side, side, MLPixelFormat.Rgba32, pixels);
    }

    private sealed class Picture
    {
        [Microsoft.ML.Transforms.Image.ImageType(32, 32)]
        public MLImage Image { get; set; } = null!;

        public int Label { get; set; }
    }

    private sealed class Vector
    {
        [VectorType(512)]
        public float[] Features { get; set; } = [];

        public int Label { get; set; }
    }
}
