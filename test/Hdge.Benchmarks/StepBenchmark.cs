using System.Globalization;
using Hdge.Networks;
using Hdge.Objectives;

namespace Hdge.Benchmarks;

/// <summary>Processor time of training steps, batches of 64 images of 3×32×32: by precision and layout, and the hybrid objective against cross-entropy by classes and bank size.</summary>
internal static class StepBenchmark
{
    public static void Run(int rounds)
    {
        Precisions(rounds);
        Banks(rounds);
    }

    /// <summary>First the layout of the time before, then as training has it.</summary>
    private static void Precisions(int rounds)
    {
        var rows = new List<object[]>();
        foreach (var (depth, width, steps, times) in new[] { (10, 1, 3, rounds), (16, 4, 1, Math.Max(3, rounds / 3)) })
        {
            var network = new WideResNetOptions { Depth = depth, Width = width };
            (string Precision, string Layout, Contestant Contestant)[] all =
            [
                ("Single", "channels first", new(network, 10, new CrossEntropyOptions(), channelsLast: false)),
                ("Single", "channels last", new(network, 10, new CrossEntropyOptions())),
                ("Mixed", "channels first", new(network, 10, new CrossEntropyOptions(), mixed: true, channelsLast: false)),
                ("Mixed", "channels last", new(network, 10, new CrossEntropyOptions(), mixed: true)),
            ];
            var results = Rounds.Run(times, [.. all.Select(c => (Func<double>)(() => c.Contestant.Time(steps)))]);
            for (int i = 0; i < all.Length; i++)
            {
                rows.Add([network.ToString()!, all[i].Precision, all[i].Layout, Report.Median(results[i]), Rounds.Ratio(results[i], results[0]), Rounds.Spread(results[i], results[0])]);
                all[i].Contestant.Dispose();
            }
        }
        Report.Write("steps", "Training step, cross-entropy, batch 64, 3x32x32, processor time", ["network", "precision", "layout", "ms", "ratio to the first", "quartiles"], rows);
    }

    private static void Banks(int rounds)
    {
        var rows = new List<object[]>();
        foreach (bool mixed in new[] { false, true })
            foreach (int classes in new[] { 10, 100 })
                foreach (int bank in new[] { 1 << 10, 1 << 13, 1 << 16, 1 << 20 })
                {
                    using var plain = new Contestant(new WideResNetOptions(), classes, new CrossEntropyOptions(), mixed: mixed);
                    using var hybrid = new Contestant(new WideResNetOptions(), classes, new MemoryBankOptions { BankSize = bank, RandomStart = true }, mixed: mixed);
                    var results = Rounds.Run(rounds, () => plain.Time(3), () => hybrid.Time(3));
                    rows.Add([mixed ? "Mixed" : "Single", classes, bank, Report.Median(results[0]), Report.Median(results[1]), Rounds.Ratio(results[1], results[0]), Rounds.Spread(results[1], results[0]),
                        Memory("VmRSS"), Memory("VmHWM")]);
                }
        Report.Write("banks", "Training step, WRN-10-1, batch 64, 3x32x32, processor time",
            ["precision", "classes", "K", "cross-entropy ms", "hybrid ms", "ratio", "quartiles", "memory MiB", "peak memory MiB"], rows);
    }

    /// <summary>A line of the kernel's account of this process in MiB, or 0 where there is none.</summary>
    private static double Memory(string line)
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
            return 0;
        string found = File.ReadLines(Status).First(l => l.StartsWith(line, StringComparison.Ordinal));
        return long.Parse(found.AsSpan(line.Length + 1, found.Length - line.Length - 1).Trim().TrimEnd("kB "), CultureInfo.InvariantCulture) / 1024;
    }
}
