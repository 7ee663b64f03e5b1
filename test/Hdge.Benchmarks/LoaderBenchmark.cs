using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>Wall time of steps of WRN-10-1 with batches from the loader (crop, flip) over that on a batch which is there: 1 where preparation hides completely behind the step. Needs a second processor core.</summary>
internal static class LoaderBenchmark
{
    private const int Batch = 64, Steps = 10;

    public static void Run(int rounds)
    {
        var shape = new ImageShape(3, 32, 32);
        var random = new Random(1);
        var pixels = new byte[Batch * Steps * shape.Length];
        random.NextBytes(pixels);
        var images = ImageSet.FromBytes(shape, pixels, [.. Enumerable.Range(0, Batch * Steps).Select(i => i % 10)], 10);
        var loader = new BatchLoader(images, Batch, new PixelScaling(), new AugmentationOptions { CropPadding = 4, HorizontalFlip = true }, shuffle: true, seed: 1);
        var rows = new List<object[]>();
        foreach (bool mixed in new[] { false, true })
        {
            using var contestant = new Contestant(new WideResNetOptions(), 10, new CrossEntropyOptions(), Batch, mixed);
            int epoch = 0;
            var results = Rounds.Run(rounds, Fixed, Loaded);
            rows.Add([mixed ? "Mixed" : "Single", Report.Median(results[0]), Report.Median(results[1]), Rounds.Ratio(results[1], results[0]), Rounds.Spread(results[1], results[0])]);

            double Fixed() => Time(() =>
            {
                for (int i = 0; i < Steps; i++)
                    contestant.Step();
            });

            double Loaded() => Time(() =>
            {
                foreach (var batch in loader.Epoch(epoch++))
                {
                    using var scope = NewDisposeScope();
                    var (input, targets) = DeviceBatch.Of(batch, shape, CPU);
                    contestant.Step(input, targets.Labels);
                }
            });
        }
        Report.Write("loader", "Steps with the loader over steps on a fixed batch, WRN-10-1, batch 64, 3x32x32, wall time", ["precision", "fixed, ms", "loaded, ms", "ratio", "quartiles"], rows);
    }

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds / Steps;
    }
}
