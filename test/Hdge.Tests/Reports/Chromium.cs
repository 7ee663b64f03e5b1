using System.Diagnostics;

namespace Hdge.Tests.Reports;

/// <summary>A browser without a window.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    /// <summary>The program, or null where none of these is on the PATH.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name))).FirstOrDefault(File.Exists);

    /// <summary>Opens a file: the document as it is after loading, and what the page wrote to the console.</summary>
    public static async Task<(string Document, string[] Console)> Open(string path, int width = 1000, bool dark = false)
    {
        var profile = Directory.CreateTempSubdirectory("hdge-browser");
        try
        {
            var start = new ProcessStartInfo(Program!) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (string argument in new[]
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                $"--user-data-dir={profile.FullName}", $"--window-size={width},900", $"--blink-settings=preferredColorScheme={(dark ? 0 : 1)}", "--virtual-time-budget=5000",
                "--enable-logging=stderr", "--v=0", "--dump-dom", new Uri(path).AbsoluteUri,
            })
                start.ArgumentList.Add(argument);
            using var browser = Process.Start(start)!;
            var (document, log) = (browser.StandardOutput.ReadToEndAsync(), browser.StandardError.ReadToEndAsync());
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            try
            {
                await browser.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                browser.Kill(entireProcessTree: true);
                throw new TimeoutException($"{Program} did not finish within two minutes: {await log}");
            }
            Assert.True(browser.ExitCode == 0, $"{Program} ended with {browser.ExitCode}: {await log}");
            return (await document, [.. (await log).Split('\n').Where(line => line.Contains("CONSOLE", StringComparison.Ordinal))]);
        }
        finally
        {
            try
            {
                profile.Delete(recursive: true);
            }
            catch (IOException)
            {
                // A helper process of the browser may still be writing; the folder is a temporary one.
            }
        }
    }
}

/// <summary>A test in a real browser, skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Chromium.Program is null ? "No chromium or chrome on the PATH (Debian: apt-get install chromium)." : null;
}
