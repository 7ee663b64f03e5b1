using Spectre.Console;

namespace Hdge.Cli;

/// <summary>What commands write to, and what ends them.</summary>
/// <param name="Console">Tables and progress.</param>
/// <param name="Errors">What went wrong, a line each.</param>
/// <param name="Cancellation">Cancelled by Ctrl+C.</param>
internal sealed record CommandContext(IAnsiConsole Console, TextWriter Errors, CancellationToken Cancellation)
{
    /// <summary>Plain lines on standard output.</summary>
    public TextWriter Output => Console.Profile.Out.Writer;
}
