using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using SkiaSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>
/// Whether the memory of a whole training run (cache, split, an epoch, validation, calibration, thresholds) grows with the number of images: 3×96×96, kept on disk, a network so small that
/// it does not count. Then files: how fast folders are read on all cores, and whether every damaged one is told.
/// </summary>
internal static class MemoryBenchmark
{
    private static readonly ImageShape s_shape = new(3, 96, 96);

    public static int Run(int images, int files)
    {
        var rows = new List<object[]>();
        Train(1000, images: null); // what the first run takes for good
        double before = Peak();
        foreach (int count in new[] { images / 10, images })
        {
            var clock = Stopwatch.StartNew();
            using var set = Make(count);
            double stored = clock.Elapsed.TotalSeconds, written = Peak();
            Train(count, set);
            rows.Add([count, (long)count * s_shape.Length / (1 << 20), stored, clock.Elapsed.TotalSeconds - stored, before, written, Peak()]);
        }
        Report.Write("memory", "Peak resident memory, MiB (of the process so far), training on images of 3x96x96 on disk",
            ["images", "MiB of images", "s to store", "s to train", "before", "stored", "trained"], [.. rows]);
        return Files(files);
    }

    private static ImageSet Make(int count)
    {
        using var builder = new ImageSetBuilder(s_shape, cache: new() { Kind = ImageCache.Disk }, expectedCount: count);
        var random = new Random(1);
        var image = new byte[s_shape.Length];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(image);
            image.AsSpan(i % 3 * 9216, 4000).Fill(200);
            builder.Add(image, i % 3);
        }
        return builder.Build(3);
    }

    private static void Train(int count, ImageSet? images)
    {
        using var made = images is null ? Make(count) : null;
        var options = new TrainingOptions { Network = new TinyNetworkOptions(), Objective = new CrossEntropyOptions(), Epochs = 1, Device = "cpu", Augmentation = new() { CropPadding = 4, HorizontalFlip = true } };
        using var model = ModelTrainer.Train(images ?? made!, options);
    }

    private static int Files(int count)
    {
        string folder = Directory.CreateTempSubdirectory("hdge-bench-").FullName;
        try
        {
            byte[][] good = [.. Enumerable.Range(0, 20).Select(Jpeg)];
            for (int i = 0; i < count; i++)
            {
                string path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, $"class{i % 10}")).FullName, $"{i:000000}.jpg");
                byte[] content = good[i % good.Length];
                File.WriteAllBytes(path, i % 10 != 7 ? content : (i / 10 % 4) switch { 0 => [], 1 => content[..(content.Length / 2)], 2 => "no image"u8.ToArray(), _ => content[..30] });
            }
            double before = Peak();
            using var process = Process.GetCurrentProcess();
            var (clock, cpu) = (Stopwatch.StartNew(), process.TotalProcessorTime);
            using var read = ImageFolder.Find(folder).Read(s_shape, new() { Damaged = DamagedAction.SkipAndCount }, new() { Kind = ImageCache.Disk });
            double seconds = clock.Elapsed.TotalSeconds;
            process.Refresh();
            Report.Write("files", "Folders of JPEG files of 640x480, read to 3x96x96", ["files", "read", "damaged", "s", "processor s", "peak MiB before", "after"],
                [[count, read.Images.Count, read.Damaged.Count, seconds, (process.TotalProcessorTime - cpu).TotalSeconds, before, Peak()]]);
            foreach (var kind in read.Damaged.GroupBy(d => d.Reason))
                Console.WriteLine($"{kind.Count()} × {kind.Key}");
            return read.Damaged.Count == count / 10 && read.Images.Count == count - count / 10 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Jpeg(int number)
    {
        using var bitmap = new SKBitmap(640, 480);
        var random = new Random(number);
        bitmap.Pixels = [.. Enumerable.Range(0, 640 * 480).Select(i => new SKColor((byte)(i % 640 / 3), (byte)(i / 640 / 2), (byte)random.Next(number * 10 + 30)))];
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    private static double Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / (double)(1 << 20);
    }

    private sealed record TinyNetworkOptions : NetworkOptions
    {
        public override void Validate(ImageShape shape)
        {
        }

        protected override Backbone Build(NetworkContext context) => new TinyNetwork(this, context);
    }

    private sealed class TinyNetwork : Backbone
    {
        private readonly Conv2d _conv;
        private readonly Linear _linear;

        public TinyNetwork(TinyNetworkOptions options, NetworkContext context) : base(options, context)
        {
            _conv = nn.Conv2d(context.Shape.Channels, 8, 8L, stride: 8L, device: context.Device);
            _linear = nn.Linear(8, context.ClassCount, device: context.Device);
        }

        public override Linear Classifier => _linear;

        public override Tensor Features(Tensor input)
        {
            using var scope = NewDisposeScope();
            return nn.functional.relu(_conv.call(input)).mean([2L, 3L]).MoveToOuterDisposeScope();
        }
    }
}
