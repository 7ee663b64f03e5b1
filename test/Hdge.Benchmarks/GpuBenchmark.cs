using System.Globalization;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>
/// Training and scoring on a CUDA GPU: images a second of WRN-16-4 with the default objective, and how far the GPU's scores are from the CPU's.
/// Images are CIFAR records, or made here where none are named.
/// </summary>
internal static class GpuBenchmark
{
    private const int Epochs = 2, Batch = 256, Compared = 1000, Made = 20_000;

    public static int Run(string device, IReadOnlyList<string> files)
    {
        ImageSet images;
        try
        {
            Libtorch.EnsureLoaded();
            images = files.Count > 0 ? CifarReader.Read(files) : Patterns(Made);
            Console.WriteLine($"{images.Count} images of {images.Shape}; device {device}; libtorch sees {cuda.device_count()} CUDA devices");
        }
        catch (Exception e) when (e is LibtorchException or IOException or InvalidDataException)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }

        if (device != "cpu" && !cuda.is_available())
        {
            Console.Error.WriteLine("libtorch sees no CUDA device: bench gpu cpu runs the same on the processor.");
            return 2;
        }
        var rows = new List<object[]>();
        foreach (bool tf32 in new[] { false, true })
        {
            using var trained = Train(device, images, tf32, rows);
            if (!tf32)
                Compare(device, images, trained, rows);
        }
        Report.Write("gpu", $"WRN-16-4, batch {Batch}, on {device}", ["what", "value"], rows);
        return 0;
    }

    private static HdgeModel Train(string device, ImageSet images, bool tf32, List<object[]> rows)
    {
        var options = new TrainingOptions { AllowTf32 = tf32, Network = new WideResNetOptions { Depth = 16, Width = 4 }, Epochs = Epochs, BatchSize = Batch, Device = device, Seed = 1 };
        return ModelTrainer.Train(images, options, m =>
        {
            rows.Add([$"training{(tf32 ? ", TF32" : "")}, epoch {m.Epoch}, images a second", Batch / m.StepTime.TotalSeconds]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {m.Epoch}: {Batch / m.StepTime.TotalSeconds:F0} images a second, loss {m.Loss:F4}, validation accuracy {m.ValidationAccuracy:F4}"));
        });
    }

    private static void Compare(string device, ImageSet images, HdgeModel model, List<object[]> rows)
    {
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        using var onCpu = HdgeModel.Load(file, "cpu");
        file.Position = 0;
        using var onDevice = HdgeModel.Load(file, device);
        var some = images.Split(1 - (double)Compared / images.Count, 5).Train;
        onDevice.Score(some);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var there = onDevice.Score(images);
        rows.Add(["scoring, images a second", images.Count / clock.Elapsed.TotalSeconds]);
        there = onDevice.Score(some);
        var here = onCpu.Score(some);
        rows.Add(["images scored both ways", some.Count]);
        rows.Add(["largest difference of log-densities", Largest(here.LogDensity, there.LogDensity, some.Count)]);
        rows.Add(["largest difference of probabilities", Largest(here.Probabilities, there.Probabilities, some.Count * model.ClassCount)]);
        rows.Add(["largest difference of confidences", Largest(here.Confidence, there.Confidence, some.Count)]);
        rows.Add(["classes that differ", Enumerable.Range(0, some.Count).Count(i => here.PredictedClass[i] != there.PredictedClass[i])]);
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
