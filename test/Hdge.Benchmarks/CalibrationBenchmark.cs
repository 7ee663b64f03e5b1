using System.Globalization;
using System.Runtime.InteropServices;
using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Benchmarks;

/// <summary>
/// What calibrators and ensembles do to the confidence on known and on unknown images, and what ensembles do to detection: the tables of docs/calibration.md. Either Fashion-MNIST against digits and letters (samples/data), or
/// frozen features in raw files.
/// </summary>
internal static class CalibrationBenchmark
{
    private const string Usage = "bench calibration quick SAMPLES-DATA WORK MEMBERS SEED …, or bench calibration features FOLDER WORK MEMBERS SEED …   WORK takes the trained ensembles, which a second run reads";

    private static readonly DetectionScore[] s_scores = [DetectionScore.LogDensity, DetectionScore.MaxProbability, DetectionScore.Combination];

    public static int Run(string[] arguments)
    {
        if (arguments is not [var kind, var folder, var work, var count, .. var seeds] || seeds.Length == 0 || kind is not ("quick" or "features"))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        int members = int.Parse(count, CultureInfo.InvariantCulture);
        var (train, known, unknown, options) = kind == "quick" ? Quick(folder) : Features(folder);
        var confidence = new Dictionary<string, List<double[]>>();
        var detection = new Dictionary<string, List<double[]>>();
        foreach (int seed in seeds.Select(s => int.Parse(s, CultureInfo.InvariantCulture)))
        {
            var own = options with { Seed = seed, Checkpoint = new() { Path = Path.Combine(work, $"{kind}-{seed}"), Resume = true } };
            using var ensemble = HdgeEnsemble.Train(train, own, members, new TrainingCallbacks { Log = Console.WriteLine });
            var heldOut = train.Split(own.ValidationFraction, Seeds.Mix(seed, SeedStream.HeldOutImages)).HeldOut;
            foreach (var member in ensemble.Members)
                foreach (var score in new[] { DetectionScore.LogDensity, DetectionScore.Combination })
                {
                    member.Decision = Decision.Fit(score, member.DetectionScores(heldOut, [score])[score], 0.95);
                    foreach (var method in Methods(score))
                    {
                        member.Calibrate(heldOut, method: method);
                        Add(confidence, Name("one model", method, score), Confidence(member.Score(known), known, unknown, images => member.Score(images)));
                    }
                }
            foreach (var member in ensemble.Members)
                Detect("one model", s_scores, scores => member.DetectionScores(known, scores), (images, scores) => member.DetectionScores(images, scores));
            foreach (var score in new[] { DetectionScore.LogDensity, DetectionScore.Combination, HdgeEnsemble.Agreement })
                foreach (var method in Methods(score))
                {
                    ensemble.Calibrate(heldOut, method: method, score: score);
                    Add(confidence, Name($"ensemble of {members}", method, score), Confidence(ensemble.Score(known), known, unknown, images => ensemble.Score(images)));
                }
            Detect($"ensemble of {members}", [.. s_scores, HdgeEnsemble.Agreement], scores => ensemble.DetectionScores(known, scores), (images, scores) => ensemble.DetectionScores(images, scores));
        }
        string title = $"{train.Count} images, {known.Count} known ones, seeds {string.Join(", ", seeds)}: mean ± standard error over models";
        Report.Write($"calibration-{kind}", title, ["what", "n", "accuracy", "nll", "ECE", "debiased", "confidence: known", .. unknown.Select(u => $"confidence: {u.Name}")], Rows(confidence));
        Report.Write($"ensembles-{kind}", title, ["AUROC of", "n", .. unknown.Select(u => u.Name)], Rows(detection));
        return 0;

        void Detect(string who, DetectionScore[] scores, Func<DetectionScore[], IReadOnlyDictionary<DetectionScore, float[]>> ofKnown, Func<ImageSet, DetectionScore[], IReadOnlyDictionary<DetectionScore, float[]>> ofUnknown)
        {
            var inside = ofKnown(scores);
            var outside = unknown.Select(u => ofUnknown(u.Images, scores)).ToArray();
            foreach (var score in scores)
                Add(detection, $"{who}, {score}", [.. outside.Select(o => Auroc.Of(inside[score], o[score]))]);
        }
    }

    private static IEnumerable<CalibrationMethod> Methods(DetectionScore score) => score == DetectionScore.LogDensity
        ? [CalibrationMethod.None, CalibrationMethod.Temperature, CalibrationMethod.EnsembleTemperature, CalibrationMethod.DensityTemperature]
        : [CalibrationMethod.DensityTemperature];

    private static string Name(string who, CalibrationMethod method, DetectionScore score) => $"{who}, {method}{(method == CalibrationMethod.DensityTemperature ? $" by {score}" : "")}";

    private static double[] Confidence(ScoreBatch scores, ImageSet known, (string Name, ImageSet Images)[] unknown, Func<ImageSet, ScoreBatch> score)
    {
        var metrics = CalibrationMetrics.Of(scores.CalibratedProbabilities, known.Labels, scores.ClassCount);
        return [metrics.Accuracy, metrics.NegativeLogLikelihood, metrics.Ece, metrics.DebiasedEce, scores.Confidence.Average(), .. unknown.Select(u => (double)score(u.Images).Confidence.Average())];
    }

    private static void Add(Dictionary<string, List<double[]>> into, string name, double[] values)
    {
        if (!into.TryGetValue(name, out var list))
            into.Add(name, list = []);
        list.Add(values);
    }

    private static List<object[]> Rows(Dictionary<string, List<double[]>> found) => [.. found.Select(row => (object[])[row.Key, row.Value.Count, .. Enumerable.Range(0, row.Value[0].Length).Select(column =>
    {
        double[] values = [.. row.Value.Select(v => v[column])];
        double mean = values.Average();
        return values.Length == 1 ? FormattableString.Invariant($"{mean:F4}") : FormattableString.Invariant($"{mean:F4} ± {Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length):F4}");
    })])];

    private static (ImageSet Train, ImageSet Known, (string Name, ImageSet Images)[] Unknown, TrainingOptions Options) Quick(string folder)
    {
        ImageSet Read(string set, string part) => IdxReader.Read(Directory.GetFiles(Path.Combine(folder, set), $"{part}-images*")[0], Directory.GetFiles(Path.Combine(folder, set), $"{part}-labels*").FirstOrDefault(), set == "fashion-mnist" ? 10 : 0);
        return (Read("fashion-mnist", "train"), Read("fashion-mnist", "t10k"), [("mnist", Read("mnist", "t10k")), ("notmnist", Read("notmnist", "t10k"))],
            TrainingPresets.Fast with { Device = "cpu", Detection = new() { Also = DetectorRegistry.GradientFree } });
    }

    private static (ImageSet Train, ImageSet Known, (string Name, ImageSet Images)[] Unknown, TrainingOptions Options) Features(string folder)
    {
        ImageSet Read(string name)
        {
            byte[] labels = File.ReadAllBytes(Path.Combine(folder, name + ".labels"));
            float[] values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, name + ".f32"))).ToArray();
            return ImageSet.FromSingles(ImageShape.Vector(values.Length / labels.Length), values, [.. labels.Select(l => (int)l)], labels.Max() + 1);
        }
        return (Read("cifar10_batch1_first1500"), Read("cifar10_test"), [("svhn", Read("svhn")), ("cifar100", Read("cifar100")), ("celeba", Read("celeba"))], new TrainingOptions
        {
            Network = new FeatureNetworkOptions { Hidden = [] },
            Epochs = 40,
            BatchSize = 128,
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 1e-3,
            WeightDecay = 0.01,
            Schedule = ScheduleKind.Cosine,
            Device = "cpu",
            Detection = new() { Also = DetectorRegistry.GradientFree },
        });
    }
}
