using Hdge.Data;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Benchmarks;

/// <summary>Accuracy and log-density of test images after training in single and in mixed precision, some seeds each: whether the difference is more than chance.</summary>
internal static class AccuracyBenchmark
{
    private static readonly Precision[] s_precisions = [Precision.Single, Precision.Mixed];

    /// <param name="arguments">quick FOLDER, with Fashion-MNIST's files in it; or cifar DEVICE NETWORK EPOCHS TEST-FILE TRAINING-FILE …, the network by depth and width: 10-1</param>
    public static int Run(string[] arguments)
    {
        ImageSet train, test;
        TrainingOptions options;
        if (arguments is ["quick", var folder])
        {
            ImageSet Read(string part) => IdxReader.Read(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"), Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"), 10);
            (train, test, options) = (Read("train"), Read("t10k"), new TrainingOptions { Network = TrainingPresets.Fast.Network, Epochs = TrainingPresets.Fast.Epochs, Device = "cpu" });
        }
        else if (arguments is ["cifar", var device, var network, var epochs, var testFile, .. var files] && files.Length > 0 && int.TryParse(epochs, out int count)
            && network.Split('-') is [var depth, var width] && int.TryParse(depth, out int layers) && int.TryParse(width, out int factor))
            (train, test, options) = (CifarReader.Read(files), CifarReader.Read([testFile]), new TrainingOptions
            {
                Network = new WideResNetOptions { Depth = layers, Width = factor }, Augmentation = TrainingPresets.WideResNet.Augmentation, Epochs = count, BatchSize = 128, Device = device,
            });
        else
        {
            Console.Error.WriteLine("bench accuracy quick FOLDER, or bench accuracy cifar DEVICE DEPTH-WIDTH EPOCHS TEST-FILE TRAINING-FILE …");
            return 2;
        }

        var rows = new List<object[]>();
        var found = s_precisions.ToDictionary(p => p, _ => new List<double>());
        foreach (int seed in new[] { 1, 2, 3 })
            foreach (var precision in s_precisions)
            {
                using var model = ModelTrainer.Train(train, options with { Precision = precision, Seed = seed });
                var scores = model.Score(test);
                double accuracy = Enumerable.Range(0, test.Count).Count(i => scores.PredictedClass[i] == test.Labels[i]) / (double)test.Count;
                double density = scores.LogDensity.Take(test.Count).Average(), nll = Enumerable.Range(0, test.Count).Average(i => -Math.Log(Math.Max(1e-30, scores.CalibratedProbabilities[i * model.ClassCount + test.Labels[i]])));
                found[precision].Add(accuracy);
                rows.Add([precision, seed, accuracy, nll, density]);
                Console.WriteLine(FormattableString.Invariant($"{precision}, seed {seed}: accuracy {accuracy:F4}, negative log-likelihood {nll:F4}, log-density {density:F3}"));
            }
        var (single, mixed) = (found[Precision.Single], found[Precision.Mixed]);
        double error = Math.Sqrt((Variance(single) + Variance(mixed)) / single.Count);
        Console.WriteLine(FormattableString.Invariant($"mean accuracy: single {single.Average():F4}, mixed {mixed.Average():F4}; difference {mixed.Average() - single.Average():F4}, standard error {error:F4}"));
        Report.Write("accuracy", $"{train.Count} images, {options.Epochs} epochs, {test.Count} test images", ["precision", "seed", "accuracy", "negative log-likelihood", "mean log-density"], rows);
        return 0;
    }

    private static double Variance(List<double> values)
    {
        double mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1);
    }
}
