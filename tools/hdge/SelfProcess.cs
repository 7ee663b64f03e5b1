using System.Diagnostics;

namespace Hdge.Cli;

/// <summary>Another process of this program: its peak memory is its own.</summary>
internal static class SelfProcess
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs it on this console and answers its exit code.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the process has ended.</exception>
    public static int Run(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        string library = typeof(SelfProcess).Assembly.Location, own = Path.ChangeExtension(library, OperatingSystem.IsWindows() ? ".exe" : null);
        var start = File.Exists(own) ? new ProcessStartInfo(own, arguments) : new ProcessStartInfo("dotnet", [library, .. arguments]);
        using var process = Process.Start(start) ?? throw new IOException($"'{start.FileName}' could not be started.");
        try
        {
            process.WaitForExitAsync(cancellationToken).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C reached it too: it ends by itself, and is ended where it does not.
            if (!process.WaitForExit(s_patience))
                process.Kill(entireProcessTree: true);
            throw;
        }
        return process.ExitCode;
    }
}
