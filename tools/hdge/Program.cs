using Hdge.Cli;
using Spectre.Console;

// Trains, evaluates and uses classifiers on the reader's own images: see docs/command-line.md, or run it without arguments.
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true; // the run ends itself at the next step
    cancellation.Cancel();
};
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Capabilities.Ansi = false; // a file wants no colours,
    AnsiConsole.Profile.Capabilities.Interactive = false; // a line an epoch instead of a bar,
    AnsiConsole.Profile.Width = 200; // and its tables in one piece
}
return CommandRunner.Run(args, AnsiConsole.Console, Console.Error, cancellation.Token);
