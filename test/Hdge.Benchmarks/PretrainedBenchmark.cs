using System.Diagnostics;
using System.Globalization;
using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Reports;
using Hdge.Training;

namespace Hdge.Benchmarks;

/// <summary>
/// What pre-training is worth: accuracy, calibration and detection of CIFAR-10 models by ImageNet's ResNet-18, frozen or fine-tuned, and from scratch. The images are CIFAR binary files of one
/// folder (cifar10_batch1.bin, cifar10_test.bin, and the unknown ones named on the command line).
/// </summary>
internal static class PretrainedBenchmark
{
    private const string Usage = "bench pretrained FOLDER NAME=VALUE ...   objective=cross-entropy|in-batch|in-batch-raw|in-batch-centred|l2 alpha=x temperature=x shuffled=x freeze=none|stem|stage1|stage2|stage3|backbone|scratch images=N test=N unknown=N size=N epochs=N batch=N rate=x factor=x decay=x flip=true|false score=NAME hidden=N seeds=1,2,3 onnx=PATH small=true";

    public static int Run(string[] arguments)
    {
        if (arguments.Length == 0 || arguments.Skip(1).Any(a => !a.Contains('=', StringComparison.Ordinal)))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        string folder = arguments[0];
        var given = arguments.Skip(1).Select(a => a.Split('=', 2)).ToDictionary(a => a[0], a => a[1]);
        string Text(string name, string otherwise) => given.GetValueOrDefault(name, otherwise);
        double Number(string name, double otherwise) => given.TryGetValue(name, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        ObjectiveOptions Objective(string name) => name switch
        {
            "cross-entropy" => new CrossEntropyOptions(),
            "l2" => new MemoryBankOptions { Form = MemoryBankForm.PublishedL2, Temperature = Number("temperature", 0.1) },
            _ => new InBatchOptions
            {
                Alpha = Number("alpha", 0.5),
                Temperature = Number("temperature", 1),
                Logits = name switch { "in-batch-raw" => LogitForm.Raw, "in-batch-centred" => LogitForm.Centred, _ => null },
            },
        };
        int count = (int)Number("images", 1500), test = (int)Number("test", 1000), unknowns = (int)Number("unknown", test), size = (int)Number("size", 224);
        bool scratch = Text("freeze", "backbone") == "scratch", small = Text("small", "false") == "true";

        var train = Together(folder, [.. Enumerable.Range(1, (count + 9999) / 10000).Select(i => $"cifar10_batch{i}.bin")], count);
        var known = Read(folder, "cifar10_test.bin", test);
        (string Name, ImageSet Images)[] unknown = [("SVHN", Read(folder, "svhn_test_first10000.bin", unknowns)), ("CelebA", Read(folder, "celeba_first5000_32x32.bin", unknowns)), ("CIFAR-100", Read(folder, "cifar100_test.bin", unknowns))];
        var rows = new List<object[]>();
        KeptFeatures? kept = null; // of images to test on: those of a frozen network are the same for all heads
        foreach (string objective in Text("objective", "in-batch").Split(','))
        foreach (int seed in Text("seeds", "1,2,3").Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture)))
        {
            using var process = Process.GetCurrentProcess();
            var began = process.TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            var options = new TrainingOptions
            {
                Network = small ? new ResNet18Options { SmallImages = true } : new ResNet18Options { InputSize = size == 0 ? null : size },
                Pretrained = scratch ? null : Text("onnx", "imagenet-resnet18"),
                Freeze = scratch ? Freeze.None : Enum.Parse<Freeze>(Text("freeze", "backbone"), ignoreCase: true),
                BackboneLearningRateFactor = given.ContainsKey("factor") ? Number("factor", 1) : null,
                Objective = Objective(objective) with { DensityRatio = given.ContainsKey("shuffled") ? new() { Weight = Number("shuffled", 1) } : null },
                Epochs = (int)Number("epochs", 40),
                BatchSize = (int)Number("batch", 128),
                LearningRate = Number("rate", 0.002),
                WeightDecay = Number("decay", 0),
                Optimizer = Enum.Parse<OptimizerKind>(Text("optimizer", "AdamW"), ignoreCase: true),
                Schedule = ScheduleKind.OneCycle,
                Augmentation = new() { HorizontalFlip = Text("flip", "false") == "true", CropPadding = (int)Number("crop", 0) },
                ValidationFraction = Number("heldout", 0.1),
                Detection = new() { Score = DetectionScore.Of(Text("score", "auto")), Also = DetectorRegistry.GradientFree },
                Seed = seed,
                Device = "cpu",
            };
            using var model = ModelTrainer.Train(train, options, new TrainingCallbacks { Epoch = m => Console.WriteLine($"{Cpu(process, began):F0} s CPU  {m}"), Log = Console.WriteLine, Started = s => Console.WriteLine(s) });
            double cpu = Cpu(process, began), wall = clock.Elapsed.TotalSeconds;
            if (options.Freeze == Freeze.Backbone)
            {
                if (kept is null)
                {
                    kept = new KeptFeatures(model.Device);
                    foreach (var images in unknown.Select(u => u.Images).Prepend(known))
                        kept.Pass(model, images, _ => { }, CancellationToken.None);
                }
                model.Kept = kept;
            }
            float[] logits = model.Logits(known), before = new float[logits.Length], after = new float[logits.Length];
            for (int at = 0; at < logits.Length; at += 10)
            {
                LogitRow.Softmax(logits.AsSpan(at, 10), before.AsSpan(at, 10));
                model.Calibrator.Apply(logits.AsSpan(at, 10), after.AsSpan(at, 10));
            }
            double accuracy = Enumerable.Range(0, known.Count).Average(n => LogitRow.Summarise(logits.AsSpan(n * 10, 10)).Item2 == known.Labels[n] ? 1.0 : 0);
            double ece = CalibrationMetrics.Of(after, known.Labels, 10).Ece;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{objective}, seed {seed}: accuracy {accuracy:F4}, ECE {CalibrationMetrics.Of(before, known.Labels, 10).Ece:F4} -> {ece:F4}, decides by {model.Decision.Score}, {cpu:F0} s CPU, {wall:F0} s"));
            var scores = model.Detectors.Available.Where(s => DetectorRegistry.GradientFree.Contains(s)).ToList();
            var ofKnown = model.DetectionScores(known, scores);
            var auroc = unknown.Select(u => model.DetectionScores(u.Images, scores)).ToList();
            double[] centred = Centred(model, known);
            double[] ofCentred = [.. unknown.Select(u => Auroc.Of(centred, Centred(model, u.Images)))];
            rows.Add([objective, seed, "log-density of centred logits", ofCentred[0], ofCentred[1], ofCentred[2], ofCentred.Average(), accuracy, ece, cpu]);
            foreach (var score in scores)
            {
                double[] each = [.. auroc.Select(a => Auroc.Of(ofKnown[score], a[score]))];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    {score,-22} {each[0]:F3} {each[1]:F3} {each[2]:F3} {each.Average():F3}{(score == model.Decision.Score ? " *" : "")}"));
                rows.Add([objective, seed, score == model.Decision.Score ? $"{score} *" : $"{score}", each[0], each[1], each[2], each.Average(), accuracy, ece, cpu]);
            }
        }
        Report.Write("pretrained", string.Join(' ', arguments.Skip(1)), ["objective", "seed", "score", "SVHN", "CelebA", "CIFAR-100", "mean", "accuracy", "ECE", "CPU s"], rows);
        var means = rows.GroupBy(r => (r[0], Score: ((string)r[2]).TrimEnd(' ', '*'))).Select(g => new object[] { g.Key.Item1, g.Key.Score, Mean(g, 3), Mean(g, 4), Mean(g, 5), Mean(g, 6), Mean(g, 7), Mean(g, 8), Mean(g, 9) }).ToList();
        Report.Write("pretrained-mean", "mean over the seeds", ["objective", "score", "SVHN", "CelebA", "CIFAR-100", "mean", "accuracy", "ECE", "CPU s"], means);
        return 0;

        static double Mean(IEnumerable<object[]> group, int column) => group.Average(r => (double)r[column]);
    }

    /// <summary>LogSumExp of the logits minus their mean over the classes: the log-density without the offset that softmax does not see.</summary>
    private static double[] Centred(HdgeModel model, ImageSet images)
    {
        float[] logits = model.Logits(images);
        return [.. Enumerable.Range(0, images.Count).Select(i => logits.AsSpan(i * 10, 10).ToArray()).Select(row => Math.Log(row.Sum(f => Math.Exp(f - row.Average()))))];
    }

    private static double Cpu(Process process, TimeSpan began)
    {
        process.Refresh();
        return (process.TotalProcessorTime - began).TotalSeconds;
    }

    internal static ImageSet Read(string folder, string name, int count) => Together(folder, [name], count);

    private static ImageSet Together(string folder, string[] names, int count)
    {
        const int Record = 3073;
        var builder = new ImageSetBuilder(new ImageShape(3, 32, 32));
        foreach (string name in names)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(folder, name));
            for (int at = 0; at + Record <= bytes.Length && builder.Count < count; at += Record)
                builder.Add(bytes.AsSpan((at + 1)..(at + Record)), name.StartsWith("cifar10_", StringComparison.Ordinal) ? bytes[at] : 0);
        }
        return builder.Build(10);
    }
}
