using System.Globalization;
using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>
/// A training step with the hybrid objective against one with cross-entropy: WRN-10-1, batches of 64 images of 3×32×32. The two alternate, so that a
/// machine whose speed drifts slows both; the ratio is the median over the pairs.
/// </summary>
internal static class StepBenchmark
{
    private const int Batch = 64, WarmUps = 3, StepsPerRound = 3;

    private static readonly ImageShape s_shape = new(3, 32, 32);

    public static void Run(int rounds)
    {
        var rows = new List<object[]>();
        foreach (int classes in new[] { 10, 100 })
            foreach (int bank in new[] { 1 << 10, 1 << 13, 1 << 16, 1 << 20 })
            {
                using var plain = new Contestant(classes, new CrossEntropyObjective());
                var objective = new MemoryBankObjective(classes, new MemoryBankOptions { BankSize = bank, RandomStart = true });
                using var hybrid = new Contestant(classes, objective);
                for (int i = 0; i < WarmUps; i++)
                {
                    plain.Step();
                    hybrid.Step();
                }
                var pairs = new List<(double Plain, double Hybrid)>();
                for (int i = 0; i < rounds; i++)
                    pairs.Add(i % 2 == 0 ? (plain.Time(), hybrid.Time()) : Swap(hybrid.Time(), plain.Time()));
                double ratio = Report.Median(pairs.Select(p => p.Hybrid / p.Plain));
                rows.Add([classes, bank, Report.Median(pairs.Select(p => p.Plain)), Report.Median(pairs.Select(p => p.Hybrid)), ratio, Memory("VmRSS"), Memory("VmHWM")]);
            }
        Report.Write("steps", "Training step, WRN-10-1, batch 64, 3x32x32", ["classes", "K", "cross-entropy ms", "hybrid ms", "ratio", "memory MiB", "peak memory MiB"], rows);
    }

    private static (double, double) Swap(double hybrid, double plain) => (plain, hybrid);

    /// <summary>A line of the kernel's account of this process in MiB, or 0 where there is none.</summary>
    private static double Memory(string line)
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
            return 0;
        string found = File.ReadLines(Status).First(l => l.StartsWith(line, StringComparison.Ordinal));
        return long.Parse(found.AsSpan(line.Length + 1, found.Length - line.Length - 1).Trim().TrimEnd("kB "), CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>A network that trains on one batch with one objective.</summary>
    private sealed class Contestant : IDisposable
    {
        private readonly Backbone _network;
        private readonly IObjective _objective;
        private readonly optim.Optimizer _optimizer;
        private readonly Tensor _images = randn(Batch, s_shape.Channels, s_shape.Height, s_shape.Width);
        private readonly Tensor _labels;

        public Contestant(int classes, IObjective objective)
        {
            (_network, _objective) = (new WideResNetOptions().Create(s_shape, classes), objective);
            _optimizer = optim.SGD(_network.parameters(), 0.01, 0.9, 0, 5e-4, nesterov: true);
            _labels = arange(Batch, dtype: int64).remainder_(classes);
        }

        /// <summary>Milliseconds a step.</summary>
        public double Time()
        {
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < StepsPerRound; i++)
                Step();
            return clock.Elapsed.TotalMilliseconds / StepsPerRound;
        }

        public void Step()
        {
            using var scope = NewDisposeScope();
            using var terms = _objective.Compute(new TrainingStep(_network, _images, _labels));
            _optimizer.zero_grad();
            terms.Loss.backward();
            _optimizer.step();
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _network.Dispose();
            _objective.Dispose();
            _images.Dispose();
            _labels.Dispose();
        }
    }
}
