using Spectre.Console;

namespace PaperTables.Tests;

/// <summary>Runs commands as the program does, on a console that keeps what is written.</summary>
internal static class Terminal
{
    public static (int Exit, string Output, string Errors) Run(params string[] args)
    {
        var (writer, errors) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 200;
        int exit = Cli.Run(args, console, errors, CancellationToken.None);
        return (exit, writer.ToString(), errors.ToString());
    }
}
