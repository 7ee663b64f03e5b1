using Hdge.Reports;
using Spectre.Console;

namespace Hdge.Cli.Training;

/// <summary><c>compare</c>: several objectives with the same images, network, steps and seed, each in a process of its own.</summary>
internal static class CompareCommand
{
    private const string Baseline = "cross-entropy", Hybrid = "hdge", Jem = "jem";

    public static void Run(string[] args, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var options = new OptionReader(args, [.. TrainSettings.Options.Except(["--objective"]), "--objectives", "--out"], ["--resume"]);
        string folder = options.Required("--out");
        Objective[] objectives = [.. (options.List("--objectives") ?? [.. Objective.All.Select(o => o.Name)]).Select(Objective.Named).Distinct()];
        var runs = new List<(string Name, RunSummary? Run)>();
        foreach (var objective in objectives)
        {
            var settings = TrainSettings.Read(options, objective.Name);
            if (!objective.HasBank)
                settings = settings with { Bank = null };
            string own = Path.Combine(folder, objective.Name);
            int exit = SelfProcess.Run(["train", .. settings.ToArguments(), "--out", own, .. options.Has("--resume") ? ["--resume"] : Array.Empty<string>()], cancellationToken);
            runs.Add((objective.Name, exit switch
            {
                0 => JsonFile.Read<RunSummary>(TrainingRun.MetricsPath(own)),
                Cli.Diverged => null,
                Cli.Cancelled => throw new OperationCanceledException(cancellationToken),
                _ => throw new InvalidDataException($"{objective.Name} could not be trained (exit code {exit}); what was finished is in '{folder}', --resume goes on from there."),
            }));
        }
        var table = Table(runs);
        console.Write(table);
        string path = Path.Combine(folder, "compare.md");
        JsonFile.WriteText(path, ConsoleTables.Markdown(table));
        JsonFile.Write(Path.Combine(folder, "compare.json"), runs.ToDictionary(r => r.Name, r => r.Run));
        console.Profile.Out.Writer.WriteLine($"written: {path}, {Path.Combine(folder, "compare.json")}");
    }

    /// <summary>One row an objective; a run that diverged has no numbers.</summary>
    internal static MetricTable Table(IReadOnlyList<(string Name, RunSummary? Run)> runs)
    {
        double baseline = Step(Baseline), hybrid = Step(Hybrid), jem = Step(Jem);
        string ratio = double.IsNaN(jem / hybrid) ? "" : FormattableString.Invariant($" JEM ÷ HDGE step time: {jem / hybrid:F1}.");
        string steps = runs.Select(r => r.Run).OfType<RunSummary>().FirstOrDefault() is { } first
            ? $"{first.TrainImages} images, {first.Steps} steps, seed {first.Settings.Seed}, preset {first.Settings.Preset}. " : "";
        return new MetricTable("Objectives",
            ["training loss", "accuracy", "cross-entropy", "ECE", "ECE calibrated", "step ms", "step ÷ cross-entropy", "step ÷ HDGE", "peak MiB"],
            [.. runs.Select(r => new MetricRow(r.Name, r.Run is not { } run ? [.. Enumerable.Repeat(double.NaN, 9)] :
            [
                run.Loss, run.Test?.Accuracy ?? double.NaN, run.Test?.NegativeLogLikelihood ?? double.NaN, run.Test?.Ece ?? double.NaN, run.Test?.CalibratedEce ?? double.NaN,
                run.StepMilliseconds, run.StepMilliseconds / baseline, run.StepMilliseconds / hybrid, run.PeakMemoryMiB ?? double.NaN,
            ]))])
        {
            RowHeading = "objective",
            Format = "G4",
            HigherIsBetter = null,
            Note = $"{steps}Accuracy, cross-entropy (nats) and ECE are of the test images; training losses of different objectives cannot be compared; a row of dashes diverged."
                + $" In JEM's row, step ÷ HDGE is JEM ÷ HDGE.{ratio}",
        };

        double Step(string name) => runs.FirstOrDefault(r => r.Name == name).Run?.StepMilliseconds ?? double.NaN;
    }
}
