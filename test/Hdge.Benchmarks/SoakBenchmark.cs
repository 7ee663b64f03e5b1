using System.Diagnostics;
using Hdge.Data;
using Hdge.MLNet;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.Benchmarks;

/// <summary>
/// Memory over a long run, scoring rows through <c>Transform</c> and training: resident memory, of which what the managed heap holds, garbage included, and the rest, which is native. The slope is
/// that of the best straight line through the last three quarters.
/// </summary>
internal static class SoakBenchmark
{
    private const int Points = 21, BatchSize = 16;

    private static readonly ImageShape s_shape = new(1, 8, 8);

    private sealed record Point(string What, long Count, double Seconds, double Resident, double Managed)
    {
        public double Native => Resident - Managed;
    }

    private sealed class Row
    {
        [VectorType(8 * 8)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }
    }

    public static void Run(int rows, int steps)
    {
        var points = new List<Point>();
        if (rows > 0)
            Score(rows, points);
        if (steps > 0)
            Train(steps, points);
        Report.Write("soak", "Memory in MiB, WRN-10-1, 1x8x8", ["what", "count", "seconds", "resident", "managed", "native"],
            [.. points.Select(p => new object[] { p.What, p.Count, p.Seconds, p.Resident, p.Managed, p.Native })]);
        foreach (var group in points.GroupBy(p => p.What))
        {
            Point[] last = [.. group.Skip(group.Count() / 4)];
            Console.WriteLine(FormattableString.Invariant($"{group.Key}: resident {Slope(last, p => p.Resident):G3} MiB, native {Slope(last, p => p.Native):G3} MiB over {last[^1].Count - last[0].Count} more"));
        }
    }

    private static void Score(int rows, List<Point> points)
    {
        var ml = new MLContext(seed: 1);
        var options = new HdgeTrainer.Options { Epochs = 1, Device = "cpu", ImageShape = s_shape };
        using var model = ml.MulticlassClassification.Trainers.Hdge(options).Fit(ml.Data.LoadFromEnumerable(Rows(300)));
        var clock = Stopwatch.StartNew();
        long count = 0;
        double sum = 0;
        foreach (float density in model.Transform(ml.Data.LoadFromEnumerable(Rows(rows))).GetColumn<float>("LogDensity"))
        {
            sum += density;
            if (++count % Math.Max(1, rows / (Points - 1)) == 0)
                points.Add(Measure("rows", count, clock));
        }
        if (!double.IsFinite(sum))
            throw new InvalidOperationException("A log-density is not finite.");
    }

    private static void Train(int steps, List<Point> points)
    {
        const int StepsAnEpoch = 50;
        var builder = new ImageSetBuilder(s_shape);
        foreach (var row in Rows(StepsAnEpoch * BatchSize))
            builder.Add(row.Features, (int)row.Label - 1);
        int epochs = Math.Max(1, steps / StepsAnEpoch), every = Math.Max(1, epochs / (Points - 1));
        var clock = Stopwatch.StartNew();
        using var model = ModelTrainer.Train(builder.Build(3), new TrainingOptions { Epochs = epochs, BatchSize = BatchSize, ValidationFraction = 0, Device = "cpu" }, metrics =>
        {
            if (metrics.Epoch % every == 0)
                points.Add(Measure("steps", metrics.Epoch * (long)StepsAnEpoch, clock));
        });
    }

    private static IEnumerable<Row> Rows(int count)
    {
        var random = new Random(1);
        for (int i = 0; i < count; i++)
        {
            var features = new float[s_shape.Length];
            for (int p = 0; p < features.Length; p++)
                features[p] = (random.Next(128) + (p / 8 == i % 3 ? 120 : 0)) / 255f;
            yield return new Row { Features = features, Label = (uint)(i % 3) + 1 };
        }
    }

    private static Point Measure(string what, long count, Stopwatch clock)
    {
        const double Mebi = 1 << 20;
        var point = new Point(what, count, clock.Elapsed.TotalSeconds, Environment.WorkingSet / Mebi, GC.GetTotalMemory(false) / Mebi);
        Console.WriteLine(FormattableString.Invariant($"{what} {count}: {point.Seconds:F0} s, resident {point.Resident:F1}, managed {point.Managed:F1}, native {point.Native:F1} MiB")); // a run that is cut short tells something, too
        return point;
    }

    /// <summary>Change over the points by least squares.</summary>
    private static double Slope(Point[] points, Func<Point, double> value)
    {
        double x = points.Average(p => (double)p.Count), y = points.Average(value);
        double slope = points.Sum(p => (p.Count - x) * (value(p) - y)) / points.Sum(p => (p.Count - x) * (p.Count - x));
        return slope * (points[^1].Count - points[0].Count);
    }
}
