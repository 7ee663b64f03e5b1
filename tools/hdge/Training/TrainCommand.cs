using System.CommandLine;
using System.CommandLine.Invocation;
using Spectre.Console;

namespace Hdge.Cli.Training;

/// <summary><c>train</c>: one objective on one data set.</summary>
internal sealed class TrainCommand : Command
{
    private readonly TrainOptions _options = new();
    private readonly Option<string> _objective = TrainOptions.Objective();
    private readonly Option<int?> _bank = TrainOptions.Bank();
    private readonly Option<string> _out = TrainOptions.OutFolder("takes model.hdge, model-card.md, metrics.json and, for photographs, classes.txt");
    private readonly Option<bool> _resume = TrainOptions.Resume();
    private readonly Option<string?> _distributed = CommandOptions.Text("--distributed", "NAME", "trains by several processes together: mpi (default: where mpirun started the command)").Offering("mpi");
    private readonly Option<int?> _members = TrainOptions.Members();

    public TrainCommand(CommandContext context) : base("train", "Trains one objective on one data set.")
    {
        Add(_objective);
        _options.AddTo(this);
        Add(_bank);
        Add(_members);
        Add(_out);
        Add(_resume);
        Add(_distributed);
        Add(new Option<bool>("--list") { Description = "prints the objectives, one a line", Arity = ArgumentArity.Zero, Action = new ListAction(context) });
        SetAction(parsed =>
        {
            string? kind = parsed.GetValue(_distributed);
            if (kind is not (null or "mpi"))
                throw new ArgumentException($"--distributed is '{kind}', expected mpi.");
            using var together = TogetherRun.Join(kind, context);
            Run(Settings(parsed), parsed.GetRequiredValue(_out), parsed.GetValue(_resume), together?.Context ?? context, together);
        });
    }

    public TrainSettings Settings(ParseResult parsed) => _options.Read(parsed, parsed.GetRequiredValue(_objective), parsed.GetValue(_bank)) with { Members = parsed.GetValue(_members) };

    private static void Run(TrainSettings settings, string folder, bool resume, CommandContext context, TogetherRun? together)
    {
        if (TrainingJob.Run(settings, folder, resume, context, together) is not { } metrics)
            return;
        var table = new Table().AddColumns(settings.Objective, "value");
        table.AddRow("training loss", FormattableString.Invariant($"{metrics.Loss:F4}"));
        if (metrics.Test is { } test)
        {
            table.AddRow("test accuracy", FormattableString.Invariant($"{test.Accuracy:F4}"));
            table.AddRow("test cross-entropy (nats)", FormattableString.Invariant($"{test.NegativeLogLikelihood:F4}"));
            table.AddRow("ECE before → after calibration", FormattableString.Invariant($"{test.Ece:F4} → {test.CalibratedEce:F4}"));
        }
        table.AddRow("step", FormattableString.Invariant($"{metrics.StepMilliseconds:F1} ms"));
        if (metrics.PeakMemoryMiB is { } memory)
            table.AddRow("peak memory", FormattableString.Invariant($"{memory:F0} MiB"));
        context.Console.Write(table);
        context.Output.WriteLine($"written: {TrainingJob.ModelPath(folder)}, {TrainingJob.CardPath(folder)}, {TrainingJob.MetricsPath(folder)}");
    }

    /// <summary>As --help does: nothing else need be given.</summary>
    private sealed class ListAction(CommandContext context) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            foreach (var objective in Objective.All)
                context.Output.WriteLine(objective.Name);
            return 0;
        }
    }
}
