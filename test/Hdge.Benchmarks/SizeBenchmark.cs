using System.Diagnostics;
using System.Globalization;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Benchmarks;

/// <summary>What an image of each size costs: processor time to train on it and to score it, and the memory of a batch. A process a size, for peaks of memory do not go down.</summary>
internal static class SizeBenchmark
{
    private const int Batch = 32, Batches = 3;
    private static readonly (string Network, int Side)[] s_cases = [("wrn-10-1", 32), ("wrn-10-1", 64), ("wrn-10-1", 96), ("wrn-10-1", 128), ("wrn-10-1", 224), ("wrn-16-4", 32), ("wrn-16-4", 64)];

    public static int Run()
    {
        var rows = new List<object[]>();
        foreach (var (network, side) in s_cases)
        {
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(SizeBenchmark).Assembly.Location, "size", network, $"{side}"]) { RedirectStandardOutput = true })!;
            string[] numbers = process.StandardOutput.ReadToEnd().Split(' ');
            process.WaitForExit();
            rows.Add([network, side, .. numbers.Select(n => (object)double.Parse(n, CultureInfo.InvariantCulture))]);
        }
        Report.Write("sizes", $"Colour images by their side, batches of {Batch}: processor milliseconds an image, resident memory in MiB", ["network", "side", "ms to train", "ms to score", "peak before", "peak"], [.. rows]);
        return 0;
    }

    /// <summary>One case, in a process of its own.</summary>
    public static int One(string network, int side)
    {
        var shape = new ImageShape(3, side, side);
        var random = new Random(1);
        using var builder = new ImageSetBuilder(shape);
        var image = new byte[shape.Length];
        for (int i = 0; i < Batch * Batches; i++)
        {
            random.NextBytes(image);
            builder.Add(image, i % 2);
        }
        var images = builder.Build(2);
        var options = new TrainingOptions { Network = network == "wrn-10-1" ? new WideResNetOptions() : new WideResNetOptions { Depth = 16, Width = 4 }, Epochs = 1, BatchSize = Batch, Device = "cpu", ValidationFraction = 0 };
        using var process = Process.GetCurrentProcess();
        TimeSpan[] times = new TimeSpan[2];
        double before = 0;
        int step = 0;
        TimeSpan first = default;
        using var model = ModelTrainer.Train(images, options with { ProgressInterval = TimeSpan.Zero }, new TrainingCallbacks
        {
            Started = _ => before = Peak(),
            Step = _ =>
            {
                if (step++ == 0)
                    first = Cpu();
                times[0] = Cpu() - first;
            },
        });
        var start = Cpu();
        model.Score(images);
        times[1] = Cpu() - start;
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{times[0].TotalMilliseconds / (Batch * (Batches - 1)):F1} {times[1].TotalMilliseconds / images.Count:F1} {before:F0} {Peak():F0}"));
        return 0;

        TimeSpan Cpu()
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }

        double Peak()
        {
            process.Refresh();
            return process.PeakWorkingSet64 / (double)(1 << 20);
        }
    }
}
