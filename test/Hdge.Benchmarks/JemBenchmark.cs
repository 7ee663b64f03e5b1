using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>
/// Steps of HDGE, JEM and HDGE + JEM, one after another in turn: WRN-10-1 without normalisation, batches of 64 images of 3×32×32, 20 SGLD steps. HDGE + JEM shares JEM's
/// forward pass, so it should cost hardly more.
/// </summary>
internal static class JemBenchmark
{
    private const int Batch = 64, Classes = 10;

    private static readonly ImageShape s_shape = new(3, 32, 32);

    public static void Run(int rounds)
    {
        using var hdge = new Contestant(new MemoryBankOptions());
        using var jem = new Contestant(new JemOptions());
        using var both = new Contestant(new JemOptions { ConditionalWeight = 1 });
        Contestant[] all = [hdge, jem, both];
        var times = all.Select(_ => new List<double>()).ToArray();
        foreach (var contestant in all)
            contestant.Step(0); // warms up
        for (int round = 0; round < rounds; round++)
            for (int k = 0; k < all.Length; k++)
            {
                int i = (round + k) % all.Length; // no one always goes first
                times[i].Add(all[i].Step(round + 1));
            }
        double Ratio(int over, int under) => Report.Median(times[over].Zip(times[under], (a, b) => a / b));
        Report.Write("jem", "Training step with SGLD, WRN-10-1 without normalisation, batch 64, 3x32x32",
            ["HDGE ms", "JEM ms", "HDGE + JEM ms", "JEM / HDGE", "HDGE + JEM / JEM"],
            [[Report.Median(times[0]), Report.Median(times[1]), Report.Median(times[2]), Ratio(1, 0), Ratio(2, 1)]]);
    }

    private sealed class Contestant : IDisposable
    {
        private readonly Backbone _network = new WideResNetOptions { Normalization = Normalization.None }.Create(s_shape, Classes);
        private readonly IObjective _objective;
        private readonly optim.Optimizer _optimizer;
        private readonly Tensor _images = rand(Batch, s_shape.Channels, s_shape.Height, s_shape.Width).mul_(2).sub_(1);
        private readonly Tensor _labels = arange(Batch, dtype: int64).remainder_(Classes);

        public Contestant(ObjectiveOptions options)
        {
            _objective = options.Create(new ObjectiveContext(_network, new PixelScaling(), CPU, Seed: 0));
            _optimizer = optim.Adam(_network.parameters(), 1e-4);
        }

        /// <summary>Milliseconds of a step.</summary>
        public double Step(int seed)
        {
            var clock = Stopwatch.StartNew();
            using var scope = NewDisposeScope();
            using var terms = _objective.Compute(new TrainingStep(_network, _images, _labels) { Seed = seed });
            _optimizer.zero_grad();
            terms.Loss.backward();
            _optimizer.step();
            return clock.Elapsed.TotalMilliseconds;
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _objective.Dispose();
            _network.Dispose();
            _images.Dispose();
            _labels.Dispose();
        }
    }
}
