using Hdge.Networks;
using Hdge.Objectives;
using TorchSharp;

namespace Hdge.Benchmarks;

/// <summary>Our cross-entropy step beside PyTorch's, of the same network and batch with as many threads, in turn: processor time.</summary>
internal static class PyTorchBenchmark
{
    public static int Run(int rounds)
    {
        Libtorch.EnsureLoaded();
        using var torch = PyTorchProcess.Start("cpu", TorchSharp.torch.get_num_threads());
        if (torch is null)
        {
            Console.Error.WriteLine("There is no Python with PyTorch: python3, /usr/bin/python3, or the one that HDGE_PYTHON names.");
            return 2;
        }
        var rows = new List<object[]>();
        foreach (var (depth, width, steps, times) in new[] { (10, 1, 3, rounds), (16, 4, 1, Math.Max(3, rounds / 3)) })
        {
            var network = new WideResNetOptions { Depth = depth, Width = width };
            using var single = new Contestant(network, 10, new CrossEntropyOptions());
            using var mixed = new Contestant(network, 10, new CrossEntropyOptions(), mixed: true);
            (string Name, Func<double> Time)[] all =
            [
                (torch.Version + " fp32, channels first", () => torch.Time(depth, width, 64, "fp32", "first", steps)),
                ("ours, Single", () => single.Time(steps)),
                ("ours, Mixed", () => mixed.Time(steps)),
                (torch.Version + " fp32, channels last", () => torch.Time(depth, width, 64, "fp32", "last", steps)),
                (torch.Version + " bf16 autocast, channels last", () => torch.Time(depth, width, 64, "bf16", "last", steps)),
            ];
            var results = Rounds.Run(times, [.. all.Select(a => a.Time)]);
            for (int i = 0; i < all.Length; i++)
                rows.Add([network.ToString(), all[i].Name, Report.Median(results[i]), Rounds.Ratio(results[i], results[0]), Rounds.Spread(results[i], results[0])]);
        }
        Jem(torch, rounds);
        Report.Write("pytorch", "Training step, cross-entropy, batch 64, 3x32x32, processor time", ["network", "what", "ms", "ratio to the first", "quartiles"], rows);
        return 0;
    }

    /// <summary>JEM as its published code computes it, and ours, each beside cross-entropy of the same network.</summary>
    private static void Jem(PyTorchProcess torch, int rounds)
    {
        var network = new WideResNetOptions { Normalization = Normalization.None };
        using var plain = new Contestant(network, 10, new CrossEntropyOptions());
        using var jem = new Contestant(network, 10, new JemOptions());
        using var plainMixed = new Contestant(network, 10, new CrossEntropyOptions(), mixed: true);
        using var jemMixed = new Contestant(network, 10, new JemOptions(), mixed: true);
        (string Name, Func<double> Plain, Func<double> Jem)[] all =
        [
            (torch.Version + " fp32, channels first", () => torch.Time(10, 1, 64, "fp32", "first", 3, "none"), () => torch.Time(10, 1, 64, "fp32", "first", 1, "jem")),
            ("ours, Single", () => plain.Time(3), () => jem.Time()),
            ("ours, Mixed", () => plainMixed.Time(3), () => jemMixed.Time()),
        ];
        var results = Rounds.Run(Math.Max(3, rounds / 2), [.. all.SelectMany(a => new[] { a.Plain, a.Jem })]);
        var rows = all.Select((a, i) => (object[])[a.Name, Report.Median(results[2 * i]), Report.Median(results[2 * i + 1]), Rounds.Ratio(results[2 * i + 1], results[2 * i]),
            Rounds.Ratio(results[2 * i + 1], results[1]), Rounds.Spread(results[2 * i + 1], results[1])]).ToList();
        Report.Write("pytorch-jem", "Training step, WRN-10-1 without normalisation, batch 64, 3x32x32, 20 SGLD steps, processor time",
            ["what", "cross-entropy, ms", "JEM, ms", "JEM / cross-entropy", "JEM / the first's", "quartiles"], rows);
    }
}
