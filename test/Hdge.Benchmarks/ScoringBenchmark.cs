using System.Diagnostics;
using Hdge.Data;
using Hdge.MLNet;
using Hdge.Networks;

using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.Benchmarks;

/// <summary>Rows a second through <c>Transform</c> against the bare network, and the time of one <c>PredictionEngine</c> call.</summary>
internal static class ScoringBenchmark
{
    private const int Count = 2000, Chunk = 256, Calls = 200;

    private static readonly ImageShape s_shape = new(3, 32, 32);

    private sealed class Row
    {
        [VectorType(3 * 32 * 32)]
        public float[] Features { get; set; } = [];

        [KeyType(10)]
        public uint Label { get; set; }
    }

    private sealed class Scored
    {
        public float LogDensity { get; set; }
    }

    public static void Run(int rounds)
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        var images = Enumerable.Range(0, Count).Select(i => new Row
        {
            Features = [.. Enumerable.Range(0, s_shape.Length).Select(_ => random.Next(256) / 255f)],
            Label = (uint)(i % 10) + 1,
        }).ToList();
        var data = ml.Data.LoadFromEnumerable(images);
        var options = new HdgeTrainer.Options { Epochs = 1, Device = "cpu", ImageShape = s_shape };
        using var model = ml.MulticlassClassification.Trainers.Hdge(options).Fit(ml.Data.TakeRows(data, 200));
        using var network = new WideResNetOptions().Create(s_shape, 10);
        network.eval();
        float[] pixels = [.. images.SelectMany(r => r.Features)];

        var transformed = model.Transform(data);
        (double Bare, double Through) Pair() => (Bare(), Through());
        Pair();
        var pairs = Enumerable.Range(0, rounds).Select(_ => Pair()).ToList();

        using var engine = ml.Model.CreatePredictionEngine<Row, Scored>(model);
        engine.Predict(images[0]);
        var calls = Enumerable.Range(0, Calls).Select(i => Time(() => engine.Predict(images[i])));

        Report.Write("scoring", "Scoring, WRN-10-1, 3x32x32", ["what", "value"],
        [
            ["bare network, rows a second", Count / Report.Median(pairs.Select(p => p.Bare)) * 1000],
            ["Transform, rows a second", Count / Report.Median(pairs.Select(p => p.Through)) * 1000],
            ["Transform / bare network", Report.Median(pairs.Select(p => p.Bare / p.Through))],
            ["PredictionEngine call, ms", Report.Median(calls)],
        ]);

        double Bare() => Time(() =>
        {
            using var off = TorchSharp.torch.no_grad();
            for (int at = 0; at < Count; at += Chunk)
            {
                int n = Math.Min(Chunk, Count - at);
                using var scope = TorchSharp.torch.NewDisposeScope();
                var input = TorchSharp.torch.empty(n, s_shape.Channels, s_shape.Height, s_shape.Width);
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan(at * s_shape.Length, n * s_shape.Length)).CopyTo(input.bytes);
                network.call(input);
            }
        });

        double Through() => Time(() =>
        {
            double sum = 0;
            foreach (float density in transformed.GetColumn<float>("LogDensity"))
                sum += density;
            if (!double.IsFinite(sum))
                throw new InvalidOperationException("A log-density is not finite.");
        });
    }

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }
}
