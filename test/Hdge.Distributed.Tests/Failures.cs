using Hdge.Detection;
using Hdge.Distributed;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>What the program does where something is to go wrong.</summary>
internal static class Failures
{
    public const int Epochs = 12;

    public static int Run(string[] args)
    {
        var mpi = new MpiOptions();
        switch (args)
        {
            // Trains with a checkpoint, one line an epoch, and keeps the weights.
            case ["resume", var folder]:
            {
                using var ranks = mpi.Connect();
                Console.WriteLine(FormattableString.Invariant($"rank {ranks.Rank} is {Environment.ProcessId}"));
                using var model = ModelTrainer.Train(SmallImages.Patterns(80), Resumed(ranks.Size) with { Distributed = mpi, Checkpoint = new CheckpointOptions { Path = Path.Combine(folder, "run.checkpoint"), Resume = true } },
                    new TrainingCallbacks { Epoch = m => Console.WriteLine(FormattableString.Invariant($"epoch {m.Epoch}")), Log = Console.WriteLine });
                Ranks.Write(folder, "resumed", ranks.Rank, model);
                return 0;
            }

            // An ensemble; each rank has a disk of its own.
            case ["ensemble", var folder, var members]:
            {
                using var ranks = mpi.Connect();
                string own = Path.Combine(folder, FormattableString.Invariant($"disk{ranks.Rank}"));
                using var ensemble = HdgeEnsemble.Train(SmallImages.Patterns(80), Resumed(ranks.Size) with { Epochs = 2, Distributed = mpi, Checkpoint = new CheckpointOptions { Path = Path.Combine(own, "run.checkpoint"), Resume = true } },
                    int.Parse(members, System.Globalization.CultureInfo.InvariantCulture), new TrainingCallbacks { Log = Console.WriteLine });
                for (int i = 0; i < ensemble.Members.Count; i++)
                    Ranks.Write(folder, FormattableString.Invariant($"member{i}"), ranks.Rank, ensemble.Members[i]);
                File.WriteAllText(Ranks.File(folder, "decision", ranks.Rank), FormattableString.Invariant($"{ensemble.Decision} {ensemble.Calibrator.DetectionTemperature:R}"));
                return 0;
            }

            // Rank 1 asks for an end: all end after the same step.
            case ["cancel"]:
            {
                using var ranks = mpi.Connect();
                using var cancel = new CancellationTokenSource();
                if (ranks.Rank == 1)
                    cancel.CancelAfter(TimeSpan.FromSeconds(1));
                try
                {
                    ModelTrainer.Train(SmallImages.Patterns(80), Resumed(ranks.Size) with { Epochs = 100_000, Distributed = mpi }, callbacks: null, cancel.Token);
                }
                catch (OperationCanceledException)
                {
                    Console.WriteLine(FormattableString.Invariant($"rank {ranks.Rank} was cancelled"));
                    return 0;
                }
                return 1;
            }

            // Rank 1 has another learning rate.
            case ["differ"]:
            {
                using var ranks = mpi.Connect();
                ModelTrainer.Train(SmallImages.Patterns(80), Resumed(ranks.Size) with { LearningRate = ranks.Rank == 1 ? 0.25 : 0.5, Distributed = mpi });
                return 0;
            }

            // Rank 1 does not go on.
            case ["hang"]:
            {
                using var ranks = (mpi with { Timeout = TimeSpan.FromSeconds(2) }).Connect();
                if (ranks.Rank == 1)
                    Thread.Sleep(TimeSpan.FromMinutes(10));
                ranks.Barrier();
                return 0;
            }

            // Rank 1 fails and ends; rank 0 waits for it.
            case ["fail"]:
            {
                using var ranks = mpi.Connect();
                if (ranks.Rank == 1)
                    throw new IOException("the disk of rank 1 is full");
                ranks.Barrier();
                return 0;
            }

            case ["operations"]:
            {
                using var ranks = mpi.Connect();
                Console.WriteLine(FormattableString.Invariant($"rank {ranks.Rank} of {ranks.Size}: {Operations(ranks)}"));
                return 0;
            }

            default:
                throw new ArgumentException($"'{string.Join(' ', args)}' is nothing this program does.");
        }
    }

    /// <summary>A run that goes back to what it was seeded with after every step, with a bank that remembers.</summary>
    public static TrainingOptions Resumed(int processes) => SmallImages.Quick with
    {
        Epochs = Epochs,
        BatchSize = 16 / processes,
        Threads = 1,
        Detection = new() { Score = DetectionScore.LogDensity },
        Augmentation = new AugmentationOptions { CropPadding = 1, HorizontalFlip = true },
        Network = new WideResNetOptions { DropoutRate = 0.2 },
        Objective = new MemoryBankOptions { BankSize = 100 },
    };

    private static string Operations(ICollective ranks)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var sum = ones(3, dtype: float32) * (ranks.Rank + 1f);
        ranks.AllReduce(sum);
        var wide = ones(2, dtype: float64) * (double)ranks.Rank;
        ranks.AllReduce(wide);
        long[] counts = [.. Enumerable.Range(0, ranks.Size).Select(rank => (long)rank)]; // rank 0 has none
        var rows = ranks.AllGather(zeros(ranks.Rank, 2, dtype: int64) + ranks.Rank, counts);
        var root = tensor(new[] { 10L + ranks.Rank });
        ranks.Broadcast(root, ranks.Size - 1);
        ranks.Barrier();
        return $"{Text<float>(sum)} {Text<double>(wide)} [{string.Join(", ", rows.shape)}] {Text<long>(rows)} {Text<long>(root)}";

        static string Text<T>(Tensor values) where T : unmanaged => string.Join(',', values.data<T>().ToArray().Select(v => Convert.ToString(v, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
