using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>
/// Generative-contrastive learning: tokens a second of a forward pass and of whole training steps, with axial and with dense (full) attention, by the processor time of this process, so that what
/// else runs on the machine counts little. The two layouts alternate; the ratio is the median over the pairs. Then memory over many steps.
/// </summary>
internal static class GcrlBenchmark
{
    private const int WarmUps = 2, Points = 11;

    public static void Run(int rounds, int steps)
    {
        var rows = new List<object[]>();
        foreach (var (side, channels, colors, width, blocks, batch) in new[] { (14, 1, 16, 64, 4, 32), (16, 3, 64, 64, 4, 32), (28, 1, 16, 64, 4, 16), (32, 3, 64, 64, 4, 8) })
        {
            using var axial = new Contestant(AttentionLayout.Axial, side, channels, colors, width, blocks, batch);
            using var full = new Contestant(AttentionLayout.Full, side, channels, colors, width, blocks, batch);
            for (int i = 0; i < WarmUps; i++)
            {
                axial.Step();
                full.Step();
            }
            foreach (var (what, time) in new (string, Func<Contestant, double>)[] { ("forward", c => Time(c.Forward)), ("igpt step", c => Time(c.Likelihood)), ("gcrl step", c => Time(c.Step)) })
            {
                var pairs = new List<(double Axial, double Full)>();
                for (int i = 0; i < rounds; i++)
                    pairs.Add(i % 2 == 0 ? (time(axial), time(full)) : Swap(time(full), time(axial)));
                double tokens = batch * side * side;
                rows.Add([$"{side}x{side}, d {width}, L {blocks}, K {colors}", what, tokens / Report.Median(pairs.Select(p => p.Axial)), tokens / Report.Median(pairs.Select(p => p.Full)), Report.Median(pairs.Select(p => p.Full / p.Axial))]);
            }
        }
        Report.Write("gcrl", "Tokens a second of processor time", ["network", "what", "axial tokens/s", "full tokens/s", "time full ÷ axial"], rows);
        Memory(steps);
    }

    private static (double, double) Swap(double full, double axial) => (axial, full);

    /// <summary>Seconds of processor time.</summary>
    private static double Time(Action run)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        run();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    /// <summary>Resident memory over steps of both terms, which should not rise after the first tenth.</summary>
    private static void Memory(int steps)
    {
        using var small = new Contestant(AttentionLayout.Axial, 8, 1, 16, 32, 2, 16);
        var rows = new List<object[]>();
        for (int step = 1; step <= steps; step++)
        {
            small.Step();
            if (step % Math.Max(1, steps / (Points - 1)) == 0)
                rows.Add([step, Environment.WorkingSet / (double)(1 << 20)]);
        }
        Report.Write("gcrl-memory", "Memory over training steps, 8x8", ["steps", "resident MiB"], rows);
    }

    /// <summary>A network with the objective and its optimiser on a batch of noise in two views.</summary>
    private sealed class Contestant : IDisposable
    {
        private readonly PixelTransformer _network;
        private readonly GenerativeContrastiveObjective _both, _likelihood;
        private readonly Training.Adam _optimizer;
        private readonly Tensor _images;
        private readonly int _batch;

        public Contestant(AttentionLayout layout, int side, int channels, int colors, int width, int blocks, int batch)
        {
            var options = new PixelTransformerOptions { Attention = layout, Colors = colors, Width = width, Heads = 2, Blocks = blocks };
            var shape = new ImageShape(channels, side, side);
            (_network, _batch) = ((PixelTransformer)options.Create(shape, 2), batch);
            var context = new ObjectiveContext(_network, new PixelScaling(), CPU, 1);
            (_both, _likelihood) = (new(context, new GenerativeContrastiveOptions()), new(context, new GenerativeContrastiveOptions { Beta = 0 }));
            _optimizer = new([new([.. _network.parameters(), .. _both.Parameters])], beta2: 0.95) { LearningRate = 1e-4, LargestGradient = 1 };
            using var generator = new Generator(1);
            _images = rand([2 * batch, channels, side, side], generator: generator).mul_(2).sub_(1);
        }

        public void Forward()
        {
            using var scope = NewDisposeScope();
            _network.Read(_images.narrow(0, 0, _batch));
        }

        public void Step() => Train(_both, _images);

        public void Likelihood() => Train(_likelihood, _images.narrow(0, 0, _batch));

        private void Train(GenerativeContrastiveObjective objective, Tensor images)
        {
            using var scope = NewDisposeScope();
            using var terms = objective.Compute(new TrainingStep(_network, images, zeros(images.shape[0], dtype: int64)));
            _optimizer.ZeroGradients();
            terms.Loss.backward();
            _optimizer.Step();
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _both.Dispose();
            _likelihood.Dispose();
            _network.Dispose();
            _images.Dispose();
        }
    }
}
