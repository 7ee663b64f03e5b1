using System.CommandLine;
using Hdge.Reports;

namespace Hdge.Cli.Training;

/// <summary><c>compare</c>: several objectives with the same images, network, steps and seed, each in a process of its own.</summary>
internal sealed class CompareCommand : Command
{
    private const string Baseline = "cross-entropy", Hybrid = "hdge", Jem = "jem";

    private readonly TrainOptions _options = new();
    private readonly Option<string[]> _objectives = CommandOptions.List("--objectives", "NAMES", "objectives with commas between them (default: all that `hdge train --list` prints)");
    private readonly Option<int?> _bank = TrainOptions.Bank();
    private readonly Option<string> _out = TrainOptions.OutFolder("takes a folder for each objective, compare.md and compare.json");
    private readonly Option<bool> _resume = TrainOptions.Resume();

    public CompareCommand(CommandContext context) : base("compare", "Trains several objectives with the same images, network, steps and seed, and sets them side by side.")
    {
        Add(_objectives);
        _options.AddTo(this);
        Add(_bank);
        Add(_out);
        Add(_resume);
        SetAction(parsed => Run(parsed, context));
    }

    private void Run(ParseResult parsed, CommandContext context)
    {
        string folder = parsed.GetRequiredValue(_out);
        Objective[] objectives = [.. (parsed.GetValue(_objectives) is { Length: > 0 } names ? names : [.. Objective.All.Select(o => o.Name)]).Select(Objective.Named).Distinct()];
        var runs = new List<(string Name, RunSummary? Run)>();
        foreach (var objective in objectives)
        {
            var settings = _options.Read(parsed, objective.Name, objective.HasBank ? parsed.GetValue(_bank) : null);
            string own = Path.Combine(folder, objective.Name);
            int exit = SelfProcess.Run(["train", .. settings.ToArguments(), "--out", own, .. parsed.GetValue(_resume) ? ["--resume"] : Array.Empty<string>()], context.Cancellation);
            runs.Add((objective.Name, exit switch
            {
                0 => JsonFile.Read<RunSummary>(TrainingJob.MetricsPath(own)),
                ExitCodes.Diverged => null,
                ExitCodes.Cancelled => throw new OperationCanceledException(context.Cancellation),
                _ => throw new InvalidDataException($"{objective.Name} could not be trained (exit code {exit}); what was finished is in '{folder}', --resume goes on from there."),
            }));
        }
        var table = Table(runs);
        context.Console.Write(table);
        string path = Path.Combine(folder, "compare.md");
        JsonFile.WriteText(path, ConsoleTables.Markdown(table));
        JsonFile.Write(Path.Combine(folder, "compare.json"), runs.ToDictionary(r => r.Name, r => r.Run));
        context.Output.WriteLine($"written: {path}, {Path.Combine(folder, "compare.json")}");
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
