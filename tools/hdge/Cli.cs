using Hdge;
using Hdge.Training;
using Hdge.Cli.Evaluation;
using Hdge.Cli.Training;
using Spectre.Console;

namespace Hdge.Cli;

/// <summary>Chooses the command, and turns what goes wrong into a message and an exit code.</summary>
internal static class Cli
{
    /// <summary>Exit codes besides 0: bad input, a run that diverged, a run that was cancelled.</summary>
    public const int BadInput = 2, Diverged = 3, Cancelled = 130;

    private const string Usage = """
        usage: PaperTables COMMAND [options]
          train     one objective on one data set; `train --list` prints the objectives
          compare   several objectives with the same images, network, steps and seed
          evaluate  a model by the paper's protocol: accuracy, calibration, detection, attack; tables and a report
          ablate-k  density AUROC by the number of negatives in the memory bank
          sample    images drawn from a model, as a PNG
        docs/paper-tables.md tells each command's options.
        """;

    public static int Run(string[] args, IAnsiConsole console, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            switch (args)
            {
                case ["train", .. var rest]:
                    TrainCommand.Run(rest, console, cancellationToken);
                    return 0;
                case ["compare", .. var rest]:
                    CompareCommand.Run(rest, console, cancellationToken);
                    return 0;
                case ["evaluate", .. var rest]:
                    EvaluateCommand.Run(rest, console, cancellationToken);
                    return 0;
                case ["ablate-k", .. var rest]:
                    AblateCommand.Run(rest, console, cancellationToken);
                    return 0;
                case ["sample", .. var rest]:
                    SampleCommand.Run(rest, console, cancellationToken);
                    return 0;
                case [] or ["help"] or ["--help"] or ["-h"]:
                    console.Profile.Out.Writer.WriteLine(Usage);
                    return 0;
                default:
                    throw new ArgumentException($"Unknown command '{args[0]}'.{Environment.NewLine}{Usage}");
            }
        }
        catch (Exception error) when (error is ArgumentException or IOException or InvalidDataException or UnauthorizedAccessException or LibtorchException)
        {
            errors.WriteLine(error.Message);
            return BadInput;
        }
        catch (DivergenceException error)
        {
            error.LastGoodModel?.Dispose();
            errors.WriteLine(error.Message);
            return Diverged;
        }
        catch (OperationCanceledException)
        {
            errors.WriteLine("cancelled");
            return Cancelled;
        }
    }
}
