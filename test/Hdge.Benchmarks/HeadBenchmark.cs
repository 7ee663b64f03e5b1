using System.Globalization;
using System.Runtime.InteropServices;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Benchmarks;

/// <summary>
/// What suits the last layer of a frozen network: settings are compared by five-fold cross-validation on 1,500 training images, and each is then trained with three seeds and tested. The images are features in raw
/// files of one folder (docs/results.md, part C), so that a setting takes seconds.
/// </summary>
internal static class HeadBenchmark
{
    private const int Folds = 5, Seeds = 3, Classes = 10;

    private static readonly string[] s_unknown = ["svhn", "celeba", "cifar100"];

    /// <summary>Settings are texts such as "objective=in-batch-raw alpha=0.9 decay=3 best=false".</summary>
    public static int Run(string[] arguments)
    {
        if (arguments is not [var folder, _, ..] || arguments.Skip(1).Any(setting => !setting.Split(' ').All(part => part.Contains('=', StringComparison.Ordinal))))
        {
            Console.Error.WriteLine("bench heads FOLDER \"NAME=VALUE ...\" ...   objective=in-batch|in-batch-raw|in-batch-centred|in-batch-normalized|cross-entropy|l2 alpha=x temperature=x shuffled=x rate=x decay=x epochs=N batch=N best=true|false");
            return 2;
        }
        var (train, test) = (Read(folder, "cifar10_batch1_first1500"), Read(folder, "cifar10_test"));
        var unknown = s_unknown.Select(name => Read(folder, name)).ToList();
        var rows = new List<object[]>();
        foreach (string setting in arguments.Skip(1))
        {
            var given = setting.Split(' ').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
            double folds = 0, likelihood = 0, accuracy = 0;
            for (int fold = 0; fold < Folds; fold++)
            {
                using var model = ModelTrainer.Train(train.Subset([.. Enumerable.Range(0, train.Count).Where(i => i % Folds != fold)]), Options(given, fold + 1, heldOut: 0));
                var (right, nats) = Test(model, train.Subset([.. Enumerable.Range(0, train.Count).Where(i => i % Folds == fold)]));
                (folds, likelihood) = (folds + right / Folds, likelihood + nats / Folds);
            }
            var auroc = new double[unknown.Count];
            for (int seed = 1; seed <= Seeds; seed++)
            {
                using var model = ModelTrainer.Train(train, Options(given, seed, heldOut: 0.1));
                accuracy += Test(model, test).Accuracy / Seeds;
                float[] density = Density(model, test);
                for (int u = 0; u < unknown.Count; u++)
                    auroc[u] += Auroc.Of(density, Density(model, unknown[u])) / Seeds;
            }
            rows.Add([setting, folds, likelihood, accuracy, .. auroc.Cast<object>()]);
            Console.WriteLine(FormattableString.Invariant($"{setting}: {folds:F4} {likelihood:F3}; {accuracy:F4}, {string.Join(' ', auroc.Select(a => a.ToString("F3", CultureInfo.InvariantCulture)))}"));
        }
        Report.Write("heads", "accuracy and nats by cross-validation; test accuracy and AUROC of the log-density, three seeds", ["setting", "folds", "nats", "accuracy", .. s_unknown], rows);
        return 0;
    }

    private static TrainingOptions Options(Dictionary<string, string> given, int seed, double heldOut)
    {
        double Number(string name, double otherwise) => given.TryGetValue(name, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        ObjectiveOptions objective = given.GetValueOrDefault("objective", "in-batch") switch
        {
            "cross-entropy" => new CrossEntropyOptions(),
            "l2" => new MemoryBankOptions { Form = MemoryBankForm.PublishedL2, Temperature = Number("temperature", 0.1), Alpha = Number("alpha", 0.5) },
            var name => new InBatchOptions
            {
                Alpha = Number("alpha", 0.5),
                Temperature = Number("temperature", 1),
                Logits = name switch { "in-batch-raw" => LogitForm.Raw, "in-batch-centred" => LogitForm.Centred, "in-batch-normalized" => LogitForm.Normalized(0.1), _ => null },
            },
        };
        return new()
        {
            Network = new FeatureNetworkOptions { Hidden = [], Normalization = Normalization.None, Scaling = FeatureScaling.AsGiven },
            Objective = objective with { DensityRatio = given.ContainsKey("shuffled") ? new() { Weight = Number("shuffled", 1) } : null },
            Epochs = (int)Number("epochs", 40),
            BatchSize = (int)Number("batch", 128),
            LearningRate = Number("rate", 0.002),
            WeightDecay = Number("decay", 0),
            Optimizer = OptimizerKind.AdamW,
            Schedule = ScheduleKind.OneCycle,
            ValidationFraction = heldOut,
            EarlyStopping = heldOut > 0 && given.GetValueOrDefault("best", "true") == "true" ? new() : null,
            Detection = new() { Score = DetectionScore.LogDensity, Also = [] },
            Seed = seed,
            Device = "cpu",
        };
    }

    private static (double Accuracy, double Nats) Test(HdgeModel model, ImageSet set)
    {
        float[] logits = model.Logits(set);
        double right = 0, nats = 0;
        for (int i = 0; i < set.Count; i++)
        {
            var row = logits.AsSpan(i * Classes, Classes);
            var (density, best) = LogitRow.Summarise(row);
            right += best == set.Labels[i] ? 1 : 0;
            nats += density - row[set.Labels[i]];
        }
        return (right / set.Count, nats / set.Count);
    }

    private static float[] Density(HdgeModel model, ImageSet set) => model.DetectionScores(set, [DetectionScore.LogDensity])[DetectionScore.LogDensity];

    private static ImageSet Read(string folder, string name)
    {
        byte[] labels = File.ReadAllBytes(Path.Combine(folder, name + ".labels"));
        float[] values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, name + ".f32"))).ToArray();
        return ImageSet.FromSingles(ImageShape.Vector(values.Length / labels.Length), values, [.. labels.Select(l => l < Classes ? l : 0)], Classes); // of unknown images labels mean nothing
    }
}
