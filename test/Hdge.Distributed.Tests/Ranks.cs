using System.Globalization;
using System.Runtime.InteropServices;
using Hdge.Distributed;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>The program that mpirun starts: its arguments are what to do and a folder.</summary>
internal static class Ranks
{
    public static int Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["cases", var folder, .. var names]:
                    foreach (string name in names)
                        Run(name, Cases.Sgd.GetValueOrDefault(name, Cases.Adam), folder);
                    return 0;
                default:
                    return Failures.Run(args);
            }
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IOException)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
    }

    private static void Run(string name, TrainingOptions options, string folder)
    {
        var mpi = new MpiOptions();
        using var ranks = mpi.Connect();
        using var model = ModelTrainer.Train(Cases.Images, options with { BatchSize = Cases.Batch / ranks.Size, Distributed = mpi });
        Write(folder, name, ranks.Rank, model);
    }

    public static void Write(string folder, string name, int rank, HdgeModel model) => System.IO.File.WriteAllBytes(File(folder, name, rank), MemoryMarshal.AsBytes<float>(Weights(model)));

    public static string File(string folder, string name, int rank) => Path.Combine(folder, $"{name}.{rank.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Weights and running averages, one after another.</summary>
    public static float[] Weights(HdgeModel model) => [.. model.Network.state_dict().Values.SelectMany(w => w.to(TorchSharp.torch.float32).contiguous().data<float>().ToArray())];
}
