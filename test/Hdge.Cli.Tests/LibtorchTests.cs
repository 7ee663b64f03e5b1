using System.Diagnostics;

namespace Hdge.Cli.Tests;

/// <summary>Trials C7 in processes of their own: where libtorch cannot be loaded, one line says why and what to do.</summary>
public sealed class LibtorchTests
{
    private static string Output => AppContext.BaseDirectory;

    private static string Native => Path.Combine(Output, "runtimes", "linux-x64", "native");

    [Fact]
    public void C7_AFolderThatIsNoLibtorchs()
    {
        using var files = new Files();
        var (exit, _, errors) = Train(files, Output, "/nowhere");
        Assert.Equal(2, exit);
        string line = Assert.Single(Lines(errors));
        Assert.Contains("'/nowhere' (HDGE_LIBTORCH) holds no", line, StringComparison.Ordinal);
    }

    [Fact]
    public void C7_NoNativePackage()
    {
        using var files = new Files();
        var (exit, _, errors) = Train(files, WithoutNative(files), null);
        Assert.Equal(2, exit);
        string line = Assert.Single(Lines(errors));
        Assert.StartsWith("No libtorch for this system is beside the application: reference one native package, TorchSharp-cpu 0.107.0", line, StringComparison.Ordinal);
    }

    [LinuxX64Fact]
    public void LibtorchFromAFolder()
    {
        using var files = new Files();
        string app = WithoutNative(files), native = Directory.CreateDirectory(Path.Combine(app, "runtimes", "linux-x64", "native")).FullName;
        File.Copy(Path.Combine(Native, "libLibTorchSharp.so"), Path.Combine(native, "libLibTorchSharp.so"));
        var (exit, output, errors) = Train(files, app, Native);
        Assert.Equal("", errors);
        Assert.Equal(0, exit);
        // Redirected: a line an epoch, and no terminal's control codes.
        Assert.Contains("\nepoch 1/1", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
        Assert.True(File.Exists(files["run/model.hdge"]));
    }

    [LinuxX64Fact]
    public void C7_ALibtorchThatDoesNotFit()
    {
        // libtorch.so names the others as its dependencies but holds nothing itself: in the place of libtorch_cpu.so it leaves every symbol undefined.
        using var files = new Files();
        string folder = Directory.CreateDirectory(files["torch/lib"]).FullName;
        foreach (string name in new[] { "libc10.so", "libtorch.so", "libtorch_cpu.so" })
            File.CreateSymbolicLink(Path.Combine(folder, name), Path.Combine(Native, "libc10.so"));
        File.WriteAllText(files["torch/version.py"], "__version__ = '9.9.0+cpu'\n");
        string app = WithoutNative(files), native = Directory.CreateDirectory(Path.Combine(app, "runtimes", "linux-x64", "native")).FullName;
        File.Copy(Path.Combine(Native, "libLibTorchSharp.so"), Path.Combine(native, "libLibTorchSharp.so"));
        var (exit, _, errors) = Train(files, app, folder);
        Assert.Equal(2, exit);
        Assert.Contains("TorchSharp 0.107.0 does not fit libtorch 9.9.0+cpu in", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static (int Exit, string Output, string Errors) Train(Files files, string app, string? libtorch)
    {
        string images = files.Idx("images", 60, 30);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(app, "Hdge.Cli.dll"), "train", "--objective", "hdge", "--dataset", images, "--epochs", "1", "--out", files["run"]])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        if (libtorch is not null)
            start.Environment["HDGE_LIBTORCH"] = libtorch;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), errors);
    }

    /// <summary>The program's managed part in a folder of its own.</summary>
    private static string WithoutNative(Files files)
    {
        string app = Directory.CreateDirectory(files["app"]).FullName;
        foreach (string file in Directory.GetFiles(Output, "*.*").Where(f => Path.GetExtension(f) is ".dll" or ".json"))
            File.Copy(file, Path.Combine(app, Path.GetFileName(file)));
        return app;
    }
}
