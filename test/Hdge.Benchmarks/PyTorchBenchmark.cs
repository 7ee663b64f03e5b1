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
        Report.Write("pytorch", "Training step, cross-entropy, batch 64, 3x32x32, processor time", ["network", "what", "ms", "ratio to the first", "quartiles"], rows);
        return 0;
    }
}
