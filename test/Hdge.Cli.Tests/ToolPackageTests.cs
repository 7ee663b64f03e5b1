using System.Diagnostics;

namespace Hdge.Cli.Tests;

/// <summary>The dotnet tool as users get it: packed, installed from a folder, run. It leaves libtorch out and says so.</summary>
public sealed class ToolPackageTests
{
    [Fact]
    public void Packs_installs_and_runs()
    {
        using var files = new Files();
        string configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!);
        string project = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../tools/hdge/Hdge.Cli.csproj")), feed = files["feed"], tool = files["tool"];
        Dotnet(files, "pack", project, "--no-build", "-c", configuration, "-o", feed, "--nologo");
        string package = Assert.Single(Directory.GetFiles(feed, "Hdge.Cli.*.nupkg"));
        Assert.InRange(new FileInfo(package).Length, 1, 40_000_000);
        string version = Path.GetFileNameWithoutExtension(package)["Hdge.Cli.".Length..];
        Dotnet(files, "tool", "install", "Hdge.Cli", "--tool-path", tool, "--source", feed, "--version", version);

        string hdge = Path.Combine(tool, OperatingSystem.IsWindows() ? "hdge.exe" : "hdge");
        var (exit, output, _) = Run(files, hdge, "--help");
        Assert.Equal(0, exit);
        Assert.Contains("score <IMAGES>", output, StringComparison.Ordinal);
        (exit, _, string errors) = Run(files, hdge, "train", "--objective", "hdge", "--dataset", files.Idx("data", 40, 0), "--epochs", "1", "--out", files["run"]);
        Assert.Equal(ExitCodes.BadInput, exit);
        Assert.Contains("HDGE_LIBTORCH", errors, StringComparison.Ordinal);
    }

    private static void Dotnet(Files files, params string[] args)
    {
        var (exit, output, errors) = Run(files, "dotnet", args);
        Assert.True(exit == 0, output + errors);
    }

    private static (int Exit, string Output, string Errors) Run(Files files, string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = files.Root };
        if (args[0] == "tool")
            start.Environment["NUGET_PACKAGES"] = files["packages"]; // not the user's
        start.Environment.Remove("HDGE_LIBTORCH");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
