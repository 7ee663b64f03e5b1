using Spectre.Console;

namespace Hdge.Cli.Tests;

/// <summary>Runs commands as the program does, on a console that keeps what is written.</summary>
internal static class Terminal
{
    public static (int Exit, string Output, string Errors) Run(params string[] args) => Run(args, _ => { }, CancellationToken.None);

    /// <param name="args">The command line.</param>
    /// <param name="onLine">Told each line as it is written.</param>
    /// <param name="cancellationToken">What Ctrl+C cancels.</param>
    public static (int Exit, string Output, string Errors) Run(string[] args, Action<string> onLine, CancellationToken cancellationToken)
    {
        var (output, errors) = (new LineWriter(onLine), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 200;
        int exit = CommandRunner.Run(args, console, errors, cancellationToken);
        return (exit, output.ToString(), errors.ToString());
    }

    private sealed class LineWriter(Action<string> onLine) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            onLine(value ?? "");
        }
    }
}
