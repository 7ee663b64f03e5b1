using System.Diagnostics;
using Hdge.Data;
using Hdge.MLNet.Onnx;
using Hdge.Networks;
using Hdge.Onnx;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>
/// Images a second of processor time through <c>Score</c>: libtorch, ONNX Runtime, and ONNX Runtime in 8 bits, one after the other in every round, with the ratios of each round. On a shared machine
/// only processor time says something; with two threads it is that of both.
/// </summary>
internal static class OnnxBenchmark
{
    private static readonly (string Name, WideResNetOptions Network, ImageShape Shape, int Images)[] s_networks =
    [
        ("WRN-10-1", new WideResNetOptions { Depth = 10, Width = 1 }, new(1, 28, 28), 512),
        ("WRN-16-4", new WideResNetOptions { Depth = 16, Width = 4 }, new(3, 32, 32), 64),
    ];

    public static void Run(int rounds)
    {
        var rows = new List<object[]>();
        foreach (var (name, network, shape, images) in s_networks)
        {
            using var model = new HdgeModel(network.Create(shape, 10), new PixelScaling(), CPU);
            var set = Images(shape, Math.Max(images, 200));
            model.Calibrate(set);
            foreach (int threads in new[] { 1, 2 })
            {
                using var single = Export(model, new(), threads);
                using var int8 = Export(model, new() { Precision = OnnxPrecision.Int8, CalibrationImages = set.Take(200) }, threads);
                model.Threads = threads;
                foreach (int batch in new[] { 1, 16, 128 })
                {
                    int count = Math.Max(batch, batch == 1 ? images / 4 : images) / batch * batch;
                    var scores = new ScoreBatch(batch, 10);
                    Func<double>[] ways =
                    [
                        () => Speed(set, count, batch, pixels => model.Score(pixels, batch, scores)),
                        () => Speed(set, count, batch, pixels => single.Score(pixels, batch, scores)),
                        () => Speed(set, count, batch, pixels => int8.Score(pixels, batch, scores)),
                    ];
                    foreach (var way in ways)
                        way();
                    double[][] found = [.. Enumerable.Range(0, rounds).Select(_ => ways.Select(way => way()).ToArray())];
                    rows.Add(
                    [
                        name, threads, batch, .. Enumerable.Range(0, 3).Select(w => (object)Report.Median(found.Select(f => f[w]))),
                        Report.Median(found.Select(f => f[1] / f[0])), Report.Median(found.Select(f => f[2] / f[0])),
                    ]);
                }
            }
        }
        Report.Write("onnx", "Images a second of processor time", ["network", "threads", "batch", "libtorch", "ONNX", "ONNX int8", "ONNX / libtorch", "int8 / libtorch"], rows);
    }

    private static HdgeOnnxModel Export(HdgeModel model, OnnxOptions options, int threads)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, options with { Input = OnnxInput.Byte });
        file.Position = 0;
        Console.WriteLine($"{model.NetworkOptions}, {options.Precision}: {file.Length} bytes");
        return HdgeOnnxModel.Load(file, new() { Threads = threads });
    }

    private delegate void Scoring(ReadOnlySpan<byte> pixels);

    private static double Speed(ImageSet set, int count, int batch, Scoring score)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (int at = 0; at < count; at += batch)
            score(set.Bytes(at % (set.Count - batch + 1), batch));
        process.Refresh();
        return count / (process.TotalProcessorTime - before).TotalSeconds;
    }

    private static ImageSet Images(ImageShape shape, int count)
    {
        var pixels = new byte[count * shape.Length];
        new Random(1).NextBytes(pixels);
        return ImageSet.FromBytes(shape, pixels, [.. Enumerable.Range(0, count).Select(i => i % 10)], 10);
    }
}
