using Spectre.Console;

namespace Hdge.Cli.Training;

/// <summary><c>train</c>: one objective on one data set.</summary>
internal static class TrainCommand
{
    public static void Run(string[] args, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var options = new OptionReader(args, [.. TrainSettings.Options, "--out"], ["--list", "--resume"]);
        if (options.Has("--list"))
        {
            foreach (var objective in Objective.All)
                console.Profile.Out.Writer.WriteLine(objective.Name);
            return;
        }
        var settings = TrainSettings.Read(options);
        string folder = options.Required("--out");
        var metrics = TrainingRun.Run(settings, folder, options.Has("--resume"), console, cancellationToken);

        var table = new Table().AddColumns(settings.Objective, "value");
        table.AddRow("training loss", $"{metrics.Loss:F4}");
        if (metrics.Test is { } test)
        {
            table.AddRow("test accuracy", $"{test.Accuracy:F4}");
            table.AddRow("test cross-entropy (nats)", $"{test.NegativeLogLikelihood:F4}");
            table.AddRow("ECE before → after calibration", $"{test.Ece:F4} → {test.CalibratedEce:F4}");
        }
        table.AddRow("step", $"{metrics.StepMilliseconds:F1} ms");
        if (metrics.PeakMemoryMiB is { } memory)
            table.AddRow("peak memory", $"{memory:F0} MiB");
        console.Write(table);
        console.Profile.Out.Writer.WriteLine($"written: {TrainingRun.ModelPath(folder)}, {TrainingRun.MetricsPath(folder)}");
    }
}
