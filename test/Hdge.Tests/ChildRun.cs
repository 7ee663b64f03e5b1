using System.Diagnostics;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>A training run in a process of its own, which can be killed. The process is this assembly: its arguments are the checkpoint's path and the model's.</summary>
internal static class ChildRun
{
    public const int Epochs = 30;

    public static TrainingOptions Options(string? checkpoint) => SmallImages.Quick with
    {
        Epochs = Epochs,
        Threads = 1,
        Augmentation = new AugmentationOptions { CropPadding = 1, HorizontalFlip = true },
        Network = new WideResNetOptions { DropoutRate = 0.2 },
        Objective = new MemoryBankOptions { BankSize = 100 },
        Checkpoint = checkpoint is null ? null : new CheckpointOptions { Path = checkpoint, Resume = true },
    };

    public static ImageSet Images => SmallImages.Patterns(30);

    /// <summary>The program: trains, one line an epoch, and saves the model.</summary>
    public static int Main(string[] args)
    {
        using var model = ModelTrainer.Train(Images, Options(args[0]), new TrainingCallbacks { Epoch = m => Console.WriteLine($"epoch {m.Epoch}"), Log = Console.WriteLine });
        model.Save(args[1]);
        return 0;
    }

    /// <summary>Starts it, and kills it some time after some lines; answers whether it had ended before. It must not fail.</summary>
    public static bool RunAndKill(string checkpoint, string model, int afterLines, TimeSpan later)
    {
        using var process = Start(checkpoint, model);
        var errors = process.StandardError.ReadToEndAsync();
        for (int i = 0; i < afterLines && process.StandardOutput.ReadLine() is not null; i++)
        {
        }
        var rest = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(later))
        {
            process.Kill(); // SIGKILL
            process.WaitForExit();
            return false;
        }
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result + rest.Result);
        return true;
    }

    private static Process Start(string checkpoint, string model) => Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { "exec", typeof(ChildRun).Assembly.Location, checkpoint, model },
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["OMP_NUM_THREADS"] = "1" },
    })!;
}
