using System.Diagnostics;
using Hdge.Tests;

namespace Hdge.Cli.Tests;

/// <summary><c>mpirun -n 2 hdge train …</c>: what the program itself does when it is started so.</summary>
public sealed class MpirunTests
{
    [MpiFact]
    public void TwoProcessesTrainOneModelAndOneOfThemTells()
    {
        using var files = new Files();
        string data = files.Idx("data", 60, 30);
        string[] train = ["train", "--objective", "in-batch", "--dataset", data, "--epochs", "2", "--seed", "1", "--out", files["run"]];
        var (exit, output, errors) = Mpirun([.. train, "--batch", "8"]);
        Assert.True(exit == 0, output + errors);
        Assert.Equal(1, output.Split("in-batch: 60 training").Length - 1);
        Assert.Contains("written: ", output, StringComparison.Ordinal);
        Assert.Contains("2 processes", output, StringComparison.Ordinal);
        using (var model = HdgeModel.Load(Path.Combine(files["run"], "model.hdge"), "cpu"))
            Assert.Equal(Files.Classes, model.ClassCount);
        Assert.Contains("finished already", Mpirun([.. train, "--batch", "8", "--resume"]).Output, StringComparison.Ordinal);

        var wrong = Mpirun([.. train[..^1], files["other"], "--batch", "0"]);
        Assert.Equal(ExitCodes.BadInput, wrong.Exit);
    }

    private static (int Exit, string Output, string Errors) Mpirun(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("mpirun", ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", "2", "dotnet", "exec", typeof(CommandRunner).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OMP_NUM_THREADS"] = "1", ["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none" },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }
}
