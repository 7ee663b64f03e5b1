using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>Small image sets that a network can learn in seconds, and the real ones of the quick start.</summary>
internal static class SmallImages
{
    public static readonly ImageShape Shape = new(1, 8, 8);

    /// <summary>Three classes: a bright top, a bright left side, a bright centre, under noise.</summary>
    public static ImageSet Patterns(int count, int seed = 1, ImageShape? shape = null)
    {
        var of = shape ?? Shape;
        var random = new Random(seed);
        var builder = new ImageSetBuilder(of);
        var pixels = new byte[of.Length];
        for (int i = 0; i < count; i++)
        {
            int label = i % 3;
            for (int p = 0; p < pixels.Length; p++)
            {
                int y = p / of.Width % of.Height, x = p % of.Width;
                bool bright = label switch { 0 => y < of.Height / 3, 1 => x < of.Width / 3, _ => Math.Abs(y - of.Height / 2) < 2 && Math.Abs(x - of.Width / 2) < 2 };
                pixels[p] = (byte)(random.Next(100) + (bright ? 150 : 0));
            }
            builder.Add(pixels, label);
        }
        return builder.Build(3);
    }

    /// <summary>The first images of Fashion-MNIST.</summary>
    public static ImageSet Fashion(int count, bool test = false)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "data", "fashion-mnist"), name = test ? "t10k" : "train";
        return IdxReader.Read(Path.Combine(folder, $"{name}-images-idx3-ubyte.gz"), Path.Combine(folder, $"{name}-labels-idx1-ubyte.gz"), 10).Take(count);
    }

    /// <summary>Options that train <see cref="Patterns"/> in about a second.</summary>
    public static TrainingOptions Quick => new()
    {
        Epochs = 2,
        BatchSize = 16,
        Optimizer = OptimizerKind.Sgd,
        LearningRate = 0.05,
        WeightDecay = 5e-4,
        ValidationFraction = 0.2,
        Device = "cpu",
        Seed = 5,
        Objective = new MemoryBankOptions { BankSize = 100 },
        Network = new WideResNetOptions { Depth = 10, Width = 1, Normalization = Normalization.Batch },
    };

    /// <summary>Keeps what a run says but for what is true of every small one: that few images are held out, that it learnt little.</summary>
    public static Action<string> Log(List<string> log) => message =>
    {
        if (!message.Contains("images are held out", StringComparison.Ordinal) && !message.StartsWith("The fitted temperature is", StringComparison.Ordinal))
            log.Add(message);
    };
}
