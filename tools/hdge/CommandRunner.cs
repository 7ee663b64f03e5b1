using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Hdge.Cli.Evaluation;
using Hdge.Cli.Onnx;
using Hdge.Cli.Research;
using Hdge.Cli.Scoring;
using Hdge.Cli.Training;
using Hdge.Distributed;
using Hdge.MLNet.Onnx;
using Hdge.Training;
using Spectre.Console;

namespace Hdge.Cli;

/// <summary>Runs a command line, and turns what goes wrong into a message and an exit code.</summary>
internal static class CommandRunner
{
    // A file name may begin with @: no response files.
    private static readonly ParserConfiguration s_parser = new() { ResponseFileTokenReplacer = null };

    public static int Run(IReadOnlyList<string> args, IAnsiConsole console, TextWriter errors, CancellationToken cancellationToken)
    {
        var context = new CommandContext(console, errors, cancellationToken);
        try
        {
            var parsed = Root(context).Parse(args, s_parser);
            if (parsed.Action is ParseErrorAction refusal)
            {
                refusal.ShowHelp = false;
                parsed.Invoke(new() { Output = errors, Error = errors });
                return ExitCodes.BadInput;
            }
            return parsed.Invoke(new() { Output = context.Output, Error = errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error) when (error is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or LibtorchException or OnnxRuntimeMissingException or MpiMissingException)
        {
            errors.WriteLine(TogetherRun.Told(error.Message));
            return ExitCodes.BadInput;
        }
        catch (DivergenceException error)
        {
            error.LastGoodModel?.Dispose();
            errors.WriteLine(TogetherRun.Told(error.Message));
            return ExitCodes.Diverged;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine(TogetherRun.Told("cancelled"));
            return ExitCodes.Cancelled;
        }
    }

    internal static RootCommand Root(CommandContext context)
    {
        var root = new RootCommand("Image classifiers that know what they do not know: HDGE (Liu and Abbeel 2020) on the command line. `hdge COMMAND --help` tells a command's options.")
        {
            new TrainCommand(context), new EvaluateCommand(context), new ScoreCommand(context), new ReportCommand(context),
            new SampleCommand(context), new AblateCommand(context), new CompareCommand(context), new ResearchCommand(context), new RepresentCommand(context),
            new ExportCommand(context), new CompareOnnxCommand(context),
        };
        root.HelpName = "hdge";
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }
}
