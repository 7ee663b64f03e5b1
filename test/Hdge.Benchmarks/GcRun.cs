using System.Diagnostics;
using Hdge.Data;
using Hdge.MLNet;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Tests.Scalars;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.Benchmarks;

/// <summary>
/// What a busy garbage collector does to training and to single predictions: both run beside four threads that do nothing but allocate, every exception is counted, and every result is compared with the
/// undisturbed one, bit by bit.
/// </summary>
internal static class GcRun
{
    private const int Images = 200;

    private static readonly ImageShape s_shape = new(1, 16, 16);

    private sealed class Row
    {
        [VectorType(16 * 16)]
        public byte[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class Scored
    {
        public float LogDensity { get; set; }

        public float[] Score { get; set; } = [];
    }

    /// <summary>Trains for a time, then makes predictions; answers whether nothing failed and all was equal.</summary>
    public static bool Run(double minutes, int predictions)
    {
        var rows = Rows();
        var tally = new Tally();
        var training = Training(rows, minutes, tally);
        var scoring = Scoring(rows, predictions, tally);
        Report.Write("gc", "Beside four allocating threads", ["what", "done", "seconds", "failed", "unequal"],
        [
            ["training, runs of 6 steps", training.Done, training.Seconds, training.Failed, training.Unequal],
            ["PredictionEngine, calls", scoring.Done, scoring.Seconds, scoring.Failed, scoring.Unequal],
        ]);
        foreach (string message in tally.Messages)
            Console.WriteLine(message);
        return training is { Failed: 0, Unequal: 0 } && scoring is { Failed: 0, Unequal: 0 };
    }

    private static (long Done, double Seconds, long Failed, long Unequal) Training(List<Row> rows, double minutes, Tally tally)
    {
        var images = ImageSet.FromBytes(s_shape, [.. rows.SelectMany(r => r.Features)], [.. rows.Select(r => (int)r.Label - 1)], 3);
        TrainingOptions[] kinds =
        [
            Options(OptimizerKind.Sgd, Normalization.Batch, new MemoryBankOptions { BankSize = 100 }),
            Options(OptimizerKind.Adam, Normalization.None, new MemoryBankOptions { BankSize = 100, RandomStart = true, Form = MemoryBankForm.PublishedL2 }),
            Options(OptimizerKind.AdamW, Normalization.Instance, new InBatchOptions()),
            Options(OptimizerKind.Sgd, Normalization.Activation, new CrossEntropyOptions()),
            Options(OptimizerKind.Adam, Normalization.Layer, new JemOptions { BufferSize = 100, ConditionalWeight = 0.5 }),
        ];
        double[][] expected = [.. kinds.Select(Train)];
        return tally.Count(i => expected[i % kinds.Length].AsSpan().SequenceEqual(Train(kinds[i % kinds.Length])), (_, time) => time.TotalMinutes >= minutes);

        double[] Train(TrainingOptions options)
        {
            using var model = ModelTrainer.Train(images, options);
            return [.. model.Score(images).Probabilities.Select(p => (double)p), model.Temperature, model.Decision.Lower];
        }
    }

    private static (long Done, double Seconds, long Failed, long Unequal) Scoring(List<Row> rows, int predictions, Tally tally)
    {
        var ml = new MLContext(seed: 1);
        var options = new HdgeTrainer.Options { Epochs = 1, Device = "cpu", ImageShape = s_shape };
        using var model = ml.MulticlassClassification.Trainers.Hdge(options).Fit(ml.Data.LoadFromEnumerable(rows));
        using var engine = ml.Model.CreatePredictionEngine<Row, Scored>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Scored[] expected = [.. rows.Select(row => engine.Predict(row))];
        var scored = new Scored();
        return tally.Count(i =>
        {
            engine.Predict(rows[i % Images], ref scored);
            return scored.LogDensity.Equals(expected[i % Images].LogDensity) && scored.Score.AsSpan().SequenceEqual(expected[i % Images].Score);
        }, (i, _) => i >= predictions);
    }

    private static TrainingOptions Options(OptimizerKind optimizer, Normalization normalization, ObjectiveOptions objective) => new()
    {
        Epochs = 1,
        BatchSize = 32,
        Optimizer = optimizer,
        LearningRate = 0.001,
        WeightDecay = 5e-4,
        Device = "cpu",
        Augmentation = new AugmentationOptions { NoiseDeviation = 0.03, HorizontalFlip = true },
        Network = new WideResNetOptions { Normalization = normalization, DropoutRate = 0.1 },
        Objective = objective,
    };

    /// <summary>Three classes by where the image is bright.</summary>
    private static List<Row> Rows()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Images).Select(i => new Row
        {
            Features = [.. Enumerable.Range(0, s_shape.Length).Select(p => (byte)(random.Next(100) + (p / 86 == i % 3 ? 150 : 0)))],
            Label = (uint)(i % 3) + 1,
        })];
    }

    /// <summary>Repeats something beside the allocating threads and keeps count.</summary>
    private sealed class Tally
    {
        public HashSet<string> Messages { get; } = [];

        public (long Done, double Seconds, long Failed, long Unequal) Count(Func<int, bool> isEqual, Func<int, TimeSpan, bool> isOver)
        {
            long failed = 0, unequal = 0;
            int done = 0;
            using var garbage = new GarbageThreads();
            var clock = Stopwatch.StartNew();
            for (; !isOver(done, clock.Elapsed); done++)
                try
                {
                    unequal += isEqual(done) ? 0 : 1;
                }
                catch (Exception error) when (error is not OutOfMemoryException)
                {
                    failed++;
                    if (Messages.Count < 10)
                        Messages.Add($"{error.GetType().Name}: {error.Message.Split('\n')[0]}");
                }
            return (done, clock.Elapsed.TotalSeconds, failed, unequal);
        }
    }
}
