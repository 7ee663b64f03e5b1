using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>
/// Training and scoring on a CUDA GPU, below five minutes: steps of WRN-16-4 and WRN-28-10 on a fixed batch by precision and layout, PyTorch's beside them where a Python has it; whole training runs
/// with images kept on the GPU; scoring; and how far the GPU's scores are from the processor's. Images are CIFAR records, or made here where none are named.
/// </summary>
internal static class GpuBenchmark
{
    private const int Epochs = 3, Batch = 256, Compared = 1000, Made = 20_000;

    public static int Run(string name, IReadOnlyList<string> files)
    {
        ImageSet images;
        Device device;
        try
        {
            Libtorch.EnsureLoaded();
            images = files.Count > 0 ? CifarReader.Read(files) : Patterns(name == "cpu" ? 200 : Made);
            device = Devices.Resolve(name);
            Console.WriteLine($"{images.Count} images of {images.Shape}; device {device}; libtorch sees {cuda.device_count()} CUDA devices");
        }
        catch (Exception e) when (e is LibtorchException or IOException or InvalidDataException or ArgumentException)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        bool small = device.type == DeviceType.CPU; // to see that all of it runs
        var clock = Stopwatch.StartNew();
        Steps(device, small);
        Console.WriteLine(FormattableString.Invariant($"{clock.Elapsed.TotalSeconds:F0} s"));
        Runs(name, images, small);
        Console.WriteLine(FormattableString.Invariant($"{clock.Elapsed.TotalSeconds:F0} s"));
        return 0;
    }

    private static void Steps(Device device, bool small)
    {
        double rate = Rate(device, small);
        var rows = new List<object[]> { new object[] { "", "matrix product, bf16", "", "", "", rate / 1e12, 1.0, "" } };
        using var torch = PyTorchProcess.Start(device.type == DeviceType.CPU ? "cpu" : device.ToString(), get_num_threads());
        (int Depth, int Width, int Batch)[] sizes = small ? [(10, 1, 8)] : [(16, 4, 256), (16, 4, 1024), (28, 10, 256)];
        foreach (var (depth, width, batch) in sizes)
        {
            var network = new WideResNetOptions { Depth = depth, Width = width };
            double operations = 3 * 2 * Products(depth, width) * batch;
            foreach (var (precision, mixed, tf32) in new[] { ("fp32", false, false), ("tf32", false, true), ("bf16", true, false) })
                foreach (bool last in new[] { false, true })
                {
                    double ours;
                    using (Tf32.During(device, tf32))
                    using (var contestant = new Contestant(network, 10, new CrossEntropyOptions(), batch, mixed, last, device))
                    {
                        double? before = Free();
                        ours = Time(contestant, device, small);
                        Add("Hdge", ours, before - Free());
                    }
                    if (torch is not null)
                    {
                        double theirs = torch.Time(depth, width, batch, precision, last ? "last" : "first", Count(ours, small));
                        Add(torch.Version, theirs, null);
                    }

                    void Add(string who, double milliseconds, double? memory)
                    {
                        double second = batch / milliseconds * 1000;
                        rows.Add([$"WRN-{depth}-{width}, batch {batch}", $"{who} {precision}", last ? "channels last" : "channels first", milliseconds, second, operations / milliseconds * 1000 / 1e12,
                            operations / milliseconds * 1000 / rate, memory is { } mib ? mib : ""]);
                        Console.WriteLine(FormattableString.Invariant($"WRN-{depth}-{width} {batch} {who} {precision} {(last ? "last" : "first")}: {milliseconds:F3} ms, {second:F0} images/s"));
                    }
                }
        }
        Report.Write("gpu-steps", $"Training step, cross-entropy, fixed batch, on {device}", ["network", "what", "layout", "ms", "images a second", "TFLOP/s", "share of bf16 rate", "MiB that the steps took"], rows);
    }

    /// <summary>Milliseconds a step, the median of five spans of about a quarter of a second.</summary>
    private static double Time(Contestant contestant, Device device, bool small)
    {
        double Span(int steps)
        {
            Wait(device);
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < steps; i++)
                contestant.Step();
            Wait(device);
            return clock.Elapsed.TotalMilliseconds / steps;
        }

        Span(small ? 1 : 5);
        int count = Count(Span(small ? 1 : 5), small);
        return Report.Median(Enumerable.Range(0, 5).Select(_ => Span(Math.Max(1, count / 5))));
    }

    private static int Count(double milliseconds, bool small) => small ? 1 : (int)Math.Clamp(1200 / milliseconds, 10, 200);

    private static void Wait(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize();
    }

    private static double? Free() => CudaDriver.Memory() is { } memory ? memory.Free / 1048576.0 : null;

    /// <summary>Operations a second of a bf16 matrix product.</summary>
    private static double Rate(Device device, bool small)
    {
        int side = small ? 256 : 8192;
        using var scope = NewDisposeScope();
        var a = randn(side, side, dtype: bfloat16, device: device);
        var b = randn(side, side, dtype: bfloat16, device: device);
        double Span(int times)
        {
            Wait(device);
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < times; i++)
                a.mm(b).Dispose();
            Wait(device);
            return clock.Elapsed.TotalSeconds / times;
        }

        Span(3);
        return 2.0 * side * side * side / Span(small ? 3 : 50);
    }

    /// <summary>Multiplications of a forward pass of an image of 3×32×32.</summary>
    private static double Products(int depth, int width)
    {
        double sum = 3 * 16 * 9 * 1024.0;
        int from = 16, side = 32;
        for (int stage = 0; stage < 3; stage++)
            for (int i = 0; i < (depth - 4) / 6; i++)
            {
                int to = (16 << stage) * width, stride = stage > 0 && i == 0 ? 2 : 1, after = side / stride;
                sum += 9.0 * from * to * side * side + 9.0 * to * to * after * after + (stride != 1 || from != to ? (double)from * to * after * after : 0);
                (from, side) = (to, after);
            }
        return sum + from * 10;
    }

    private static void Runs(string device, ImageSet images, bool small)
    {
        var rows = new List<object[]>();
        foreach (var (what, precision, tf32) in new[] { ("Single", Precision.Single, false), ("TF32", Precision.Single, true), ("Mixed", Precision.Mixed, false) })
        {
            var options = new TrainingOptions
            {
                Network = new WideResNetOptions { Depth = small ? 10 : 16, Width = small ? 1 : 4 }, Augmentation = new() { CropPadding = 4, HorizontalFlip = true }, Precision = precision, AllowTf32 = tf32,
                ScoringPrecision = precision, Epochs = Epochs, BatchSize = small ? 32 : Batch, Device = device, Seed = 1, ProgressInterval = TimeSpan.FromHours(1),
            };
            using var trained = ModelTrainer.Train(images, options, new TrainingCallbacks { Started = s => Console.WriteLine(s), Epoch = m => rows.Add([what, $"training, epoch {m.Epoch}, images a second", options.BatchSize / m.StepTime.TotalSeconds]) });
            if (!tf32)
                Compare(device, images, trained, what, rows);
        }
        Report.Write("gpu", $"WRN-16-4, batch {Batch}, training with crop and flip, scoring, on {device}", ["precision", "what", "value"], rows);
    }

    private static void Compare(string device, ImageSet images, HdgeModel model, string what, List<object[]> rows)
    {
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        using var onCpu = HdgeModel.Load(file, "cpu");
        file.Position = 0;
        using var onDevice = HdgeModel.Load(file, device);
        var some = images.Split(Math.Max(0, 1 - (double)Compared / images.Count), 5).Train;
        onDevice.Score(some);
        var clock = Stopwatch.StartNew();
        var there = onDevice.Score(images);
        rows.Add([what, "scoring, images a second", images.Count / clock.Elapsed.TotalSeconds]);
        there = onDevice.Score(some);
        var here = onCpu.Score(some);
        rows.Add([what, "images scored both ways", some.Count]);
        rows.Add([what, "largest difference of log-densities", Largest(here.LogDensity, there.LogDensity, some.Count)]);
        rows.Add([what, "largest difference of probabilities", Largest(here.Probabilities, there.Probabilities, some.Count * model.ClassCount)]);
        rows.Add([what, "largest difference of confidences", Largest(here.Confidence, there.Confidence, some.Count)]);
        rows.Add([what, "classes that differ", Enumerable.Range(0, some.Count).Count(i => here.PredictedClass[i] != there.PredictedClass[i])]);
    }

    private static double Largest(float[] a, float[] b, int count) => Enumerable.Range(0, count).Max(i => Math.Abs((double)a[i] - b[i]));

    /// <summary>Ten classes of a bright square at ten places, under noise.</summary>
    private static ImageSet Patterns(int count)
    {
        var random = new Random(1);
        var builder = new ImageSetBuilder(CifarReader.Shape);
        var pixels = new byte[CifarReader.Shape.Length];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(pixels);
            int label = i % 10, row = label / 5 * 16, column = label % 5 * 6;
            for (int y = 0; y < 12; y++)
                pixels.AsSpan((row + y) * 32 + column, 8).Fill(230);
            builder.Add(pixels, label);
        }
        return builder.Build(10);
    }
}
