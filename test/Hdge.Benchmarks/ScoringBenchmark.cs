using System.Diagnostics;
using Hdge.Data;
using Hdge.MLNet;
using Hdge.Networks;
using Hdge.Training;

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
        Batches(rounds);
        Pipeline(rounds);
    }

    /// <summary>A model's scores by batch and precision against its network as it was trained, in the layout of the time before: processor time.</summary>
    private static void Batches(int rounds)
    {
        var shape = new ImageShape(1, 28, 28);
        var rows = new List<object[]>();
        using var before = new WideResNetOptions().Create(shape, 10);
        before.eval();
        using var single = new HdgeModel(new WideResNetOptions().Create(shape, 10), new PixelScaling(), TorchSharp.torch.CPU);
        using var mixed = new HdgeModel(new WideResNetOptions().Create(shape, 10), new PixelScaling(), TorchSharp.torch.CPU, Precision.Mixed);
        foreach (int batch in new[] { 1, 16, 128 })
        {
            var scores = new ScoreBatch(batch, 10);
            float[] pixels = [.. Enumerable.Range(0, batch * shape.Length).Select(i => i % 7 / 7f)];
            int times = Math.Max(4, 512 / batch);
            var results = Rounds.Run(rounds, () => Cpu(times, Network), () => Cpu(times, () => single.Score(pixels, batch, scores)), () => Cpu(times, () => mixed.Score(pixels, batch, scores)));
            foreach (var (name, result) in new[] { "network before", "Single", "Mixed" }.Zip(results))
                rows.Add([batch, name, batch / Report.Median(result) * 1000, Rounds.Ratio(results[0], result), Rounds.Spread(results[0], result)]);

            void Network()
            {
                using var off = TorchSharp.torch.no_grad();
                using var scope = TorchSharp.torch.NewDisposeScope();
                var input = TorchSharp.torch.empty(batch, 1, 28, 28);
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan()).CopyTo(input.bytes);
                before.call(input);
            }
        }
        Report.Write("scoring-batches", "Scoring, WRN-10-1, 1x28x28, processor time", ["batch", "what", "images a second", "times the first", "quartiles"], rows);
    }

    private static double Cpu(int times, Action action)
    {
        using var process = Process.GetCurrentProcess();
        var begin = process.TotalProcessorTime;
        for (int i = 0; i < times; i++)
            action();
        process.Refresh();
        return (process.TotalProcessorTime - begin).TotalMilliseconds / times;
    }

    private static void Pipeline(int rounds)
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
