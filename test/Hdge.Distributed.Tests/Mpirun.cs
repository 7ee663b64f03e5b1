using System.Diagnostics;
using System.Globalization;

namespace Hdge.Tests;

/// <summary>Starts this assembly by mpirun.</summary>
internal static class Mpirun
{
    public static Process Start(int processes, params string[] arguments)
    {
        var start = new ProcessStartInfo("mpirun") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", processes.ToString(CultureInfo.InvariantCulture), "dotnet", "exec", typeof(Mpirun).Assembly.Location }.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none"; // containers forbid it, and Open MPI tells so at length
        return Process.Start(start)!;
    }

    /// <summary>Runs to the end; answers exit code and what was written.</summary>
    public static (int Code, string Output, string Errors) Run(int processes, params string[] arguments)
    {
        using var process = Start(processes, arguments);
        return Await(process);
    }

    public static (int Code, string Output, string Errors) Await(Process process)
    {
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }
}
