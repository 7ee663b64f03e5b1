using System.Diagnostics;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Training;
using TorchSharp;

namespace Hdge.Benchmarks;

/// <summary>
/// All scores of CIFAR-size images against plain scoring of the same ones, and the nearest-neighbour search alone: milliseconds an image with 50,000 stored features
/// of length 64 on one thread.
/// </summary>
internal static class DetectionBenchmark
{
    private const int Stored = 50_000;

    private static readonly ImageShape s_shape = new(3, 32, 32);

    public static void Run(int rounds, int count)
    {
        var random = new Random(1);
        using var model = ModelTrainer.Train(Images(256), new TrainingOptions { Epochs = 1, Device = "cpu" });
        var some = Images(Math.Min(Stored, 4 * count));
        model.FitDetectors(some, Images(200), new DetectionOptions { Also = DetectorRegistry.GradientFree, Detectors = [new NearestNeighborDetector { Neighbors = 50 }] });
        var images = Images(count);
        var withoutSearch = DetectorRegistry.GradientFree.Where(s => s != DetectionScore.NearestNeighbors && s != DetectionScore.RankAverage).ToList();
        (string Name, Action Action)[] contestants =
        [
            ("plain scoring", () => model.Score(images)),
            ("all without gradients, without the search", () => model.DetectionScores(images, withoutSearch)),
            ($"all without gradients, search among {some.Count}", () => model.DetectionScores(images, DetectorRegistry.GradientFree)),
            ("approximate mass", () => model.DetectionScores(images, [DetectionScore.ApproximateMass])),
            ("ODIN", () => model.DetectionScores(images, [DetectionScore.Odin])),
        ];
        foreach (var contestant in contestants)
            contestant.Action();
        // The contestants take turns, so that a machine whose speed drifts slows all of them.
        var times = Enumerable.Range(0, rounds).Select(_ => contestants.Select(c => Time(c.Action)).ToArray()).ToList();
        var rows = contestants.Select((c, i) => new object[] { c.Name, Report.Median(times.Select(t => t[i])) / count, Report.Median(times.Select(t => t[i] / t[0])) }).ToList();
        rows.Add([$"search among {Stored} features, one thread", Search(rounds), "-"]);
        Report.Write("detection", $"Detection scores, WRN-10-1, {count} images of 3x32x32", ["what", "ms an image", "/ plain scoring"], rows);

        ImageSet Images(int n)
        {
            var bytes = new byte[n * s_shape.Length];
            random.NextBytes(bytes);
            return ImageSet.FromBytes(s_shape, bytes, [.. Enumerable.Range(0, n).Select(i => i % 10)], 10);
        }
    }

    /// <summary>Milliseconds an image of a batch of 256.</summary>
    private static double Search(int rounds)
    {
        int threads = torch.get_num_threads();
        torch.set_num_threads(1);
        try
        {
            using var scope = torch.NewDisposeScope();
            var search = new NearestNeighborDetector { Neighbors = 50 };
            var state = new DetectorState { Tensors = new Dictionary<string, torch.Tensor> { ["features"] = torch.nn.functional.normalize(torch.randn(Stored, 64)) } };
            using var batch = new DetectionInput(torch.zeros(256, 10), torch.randn(256, 64), 1);
            var scores = new float[256];
            search.Score(batch, state, scores);
            return Report.Median(Enumerable.Range(0, rounds).Select(_ => Time(() => search.Score(batch, state, scores)))) / 256;
        }
        finally
        {
            torch.set_num_threads(threads);
        }
    }

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }
}
