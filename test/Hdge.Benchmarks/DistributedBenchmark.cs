using System.Diagnostics;
using System.Globalization;
using Hdge.Data;
using Hdge.Distributed;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>
/// Under mpirun: the time of a sum over the ranks by size, and of training steps, with how much of it went to waiting for the others and their data. Alone: the same steps without. The formula beside it is docs/scaling.md's.
/// </summary>
internal static class DistributedBenchmark
{
    private static readonly double[] s_megabytes = [0.001, 0.31, 1, 11, 44];

    public static int Run(double megabits, int steps, int times)
    {
        var options = new Timed(MpiOptions.StartedRank is null ? null : new MpiOptions());
        using var ranks = options.Connect();
        TextWriter output = ranks.Rank == 0 ? Console.Out : TextWriter.Null;
        if (ranks.Size > 1)
            foreach (double size in s_megabytes)
            {
                using var values = zeros((long)(size * 1e6 / 4), dtype: float32);
                double best = double.PositiveInfinity, sum = 0;
                for (int i = 0; i < times; i++)
                {
                    ranks.Barrier();
                    var clock = Stopwatch.StartNew();
                    ranks.AllReduce(values);
                    (best, sum) = (Math.Min(best, clock.Elapsed.TotalSeconds), sum + clock.Elapsed.TotalSeconds);
                }
                double paper = 2.0 * (ranks.Size - 1) / ranks.Size * size * 8 / megabits;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sum of {size} MB over {ranks.Size} ranks: best {best * 1e3:F2} ms, mean {sum / times * 1e3:F2} ms; by the formula at {megabits} Mbit/s {paper * 1e3:F2} ms"));
            }
        foreach (var (depth, width) in new[] { (10, 1), (16, 4) })
            foreach (bool norm in new[] { false, true })
                Steps(new WideResNetOptions { Depth = depth, Width = width, Normalization = norm ? Normalization.Batch : Normalization.None }, options, ranks, steps, output);
        return 0;
    }

    private static void Steps(WideResNetOptions network, Timed options, ICollective ranks, int steps, TextWriter output)
    {
        const int BatchSize = 32;
        var images = MadeImageSet(steps * BatchSize * ranks.Size);
        double started = 0, processor = 0, wall = 0;
        using var model = ModelTrainer.Train(images, new TrainingOptions
        {
            Network = network, Objective = new InBatchOptions(), BatchSize = BatchSize, Epochs = 2, ValidationFraction = 0, EarlyStopping = null, Optimizer = OptimizerKind.Sgd, LearningRate = 1e-3,
            Device = "cpu", Threads = 1, Precision = Precision.Single, Distributed = ranks.Size > 1 ? options : null,
        }, new TrainingCallbacks { Epoch = m => Note(m) });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{network}, {BatchSize} images a rank, {ranks.Size} rank(s): step {wall * 1e3:F1} ms, of which together {options.Waited / steps * 1e3:F1} ms ({options.Sent / steps / 1e6:F2} MB summed, {options.Gathered / steps / 1e6:F2} MB gathered, {options.Calls / steps} calls); processor time {processor * 1e3:F1} ms"));

        // The first epoch warms up; the second counts.
        void Note(EpochMetrics epoch)
        {
            double now = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
            if (epoch.Epoch == 1)
                options.Reset();
            (processor, started, wall) = ((now - started) / steps, now, epoch.StepTime.TotalSeconds);
        }
    }

    private static ImageSet MadeImageSet(int count)
    {
        var shape = new ImageShape(3, 32, 32);
        var pixels = new byte[count * shape.Length];
        new Random(1).NextBytes(pixels);
        return ImageSet.FromBytes(shape, pixels, [.. Enumerable.Range(0, count).Select(i => i % 10)], 10);
    }

    /// <summary>Measures what goes through.</summary>
    private sealed record Timed(MpiOptions? Inner) : DistributedOptions
    {
        public double Waited { get; private set; }

        public double Sent { get; private set; }

        public double Gathered { get; private set; }

        public int Calls { get; private set; }

        public void Reset() => (Waited, Sent, Gathered, Calls) = (0, 0, 0, 0);

        public override ICollective Connect() => new Ranks(this, Inner?.Connect());

        private void Add(double seconds, double sent, double gathered) => (Waited, Sent, Gathered, Calls) = (Waited + seconds, Sent + sent, Gathered + gathered, Calls + 1);

        private sealed class Ranks(Timed times, ICollective? inner) : ICollective
        {
            public int Rank => inner?.Rank ?? 0;

            public int Size => inner?.Size ?? 1;

            public int LocalRank => inner?.LocalRank ?? 0;

            public void AllReduce(Tensor values)
            {
                var clock = Stopwatch.StartNew();
                inner!.AllReduce(values);
                times.Add(clock.Elapsed.TotalSeconds, values.numel() * values.element_size(), 0);
            }

            public Tensor AllGather(Tensor rows, IReadOnlyList<long> counts)
            {
                var clock = Stopwatch.StartNew();
                var all = inner!.AllGather(rows, counts);
                times.Add(clock.Elapsed.TotalSeconds, 0, all.numel() * all.element_size());
                return all;
            }

            public void Broadcast(Tensor values, int root = 0)
            {
                var clock = Stopwatch.StartNew();
                inner!.Broadcast(values, root);
                times.Add(clock.Elapsed.TotalSeconds, 0, 0);
            }

            public void Barrier() => inner!.Barrier();

            public void Dispose() => inner?.Dispose();
        }
    }
}
