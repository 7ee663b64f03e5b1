using System.Text;
using System.Text.RegularExpressions;
using TorchSharp;

namespace Hdge;

/// <summary>From what the system's loader says to the cause and its cure.</summary>
internal static partial class LibtorchFailure
{
    /// <summary>The version of libtorch that this TorchSharp was made for.</summary>
    public const string Libtorch = "2.10";

    private static readonly string[] s_systemFolders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib"];

    public static string TorchSharpVersion => typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <param name="loader">The loader's own words, a line a try.</param>
    public static string Explain(string loader)
    {
        if (GlibcxxPattern().Match(loader) is { Success: true } newer)
        {
            string found = NewestGlibcxx() is { } has ? $"found {has}" : "found none";
            return $"TorchSharp's native library needs {newer.Value} of libstdc++, {found}. Build the application with the MSBuild property HdgeFitLibTorchSharp=true (a copy that does without is then used), or run it on a system with GCC 13's libstdc++ (Debian 13, Ubuntu 24.04).";
        }
        if (loader.Contains("GLIBC_", StringComparison.Ordinal))
            return $"TorchSharp's native library needs glibc 2.34 or newer (Debian 12, Ubuntu 22.04, RHEL 9). The loader says: {Telling(loader)}";
        if (loader.Contains("libcuda.so", StringComparison.Ordinal) || loader.Contains("nvcuda", StringComparison.OrdinalIgnoreCase))
            return "The CUDA package of libtorch is referenced, but this machine has no NVIDIA driver (libcuda). Install the driver, or reference TorchSharp-cpu instead.";
        if (loader.Contains("undefined symbol", StringComparison.Ordinal) || loader.Contains("procedure could not be found", StringComparison.Ordinal))
            return $"TorchSharp {TorchSharpVersion} and the libtorch beside it are of different versions (it was made for libtorch {Libtorch}): reference the native package of the same version as TorchSharp. The loader says: {Telling(loader)}";
        return $"No libtorch for this system is beside the application: reference one native package, TorchSharp-cpu {TorchSharpVersion} or, for NVIDIA GPUs, TorchSharp-cuda-linux or TorchSharp-cuda-windows {TorchSharpVersion}, " +
            $"in the project that runs (there is none for Linux on Arm); or name the folder of an installed libtorch {Libtorch} in {Hdge.Libtorch.FolderVariable}. The loader says: {Telling(loader)}";
    }

    public static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();

    /// <summary>What a folder of libtorch says of itself: Python's torch in ../version.py, a libtorch archive in ../build-version.</summary>
    public static string VersionIn(string folder)
    {
        string python = Path.Combine(folder, "..", "version.py"), archive = Path.Combine(folder, "..", "build-version");
        if (File.Exists(python) && VersionPattern().Match(File.ReadAllText(python)) is { Success: true } found)
            return found.Groups[1].Value;
        return File.Exists(archive) ? FirstLine(File.ReadAllText(archive)) : "of unknown version";
    }

    /// <summary>The line that says more than that a name was not found: the loader tries several places and names.</summary>
    private static string Telling(string loader)
    {
        string[] lines = loader.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(line => line.Contains(".so", StringComparison.Ordinal) && !line.Contains("No such file", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(line => line.StartsWith("lib", StringComparison.Ordinal) && !line.StartsWith("libLibTorchSharp", StringComparison.Ordinal))
            ?? "libLibTorchSharp was not found.";
    }

    private static string? NewestGlibcxx()
    {
        string? path = s_systemFolders.Select(f => Path.Combine(f, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        if (path is null)
            return null;
        var versions = GlibcxxPattern().Matches(Encoding.Latin1.GetString(File.ReadAllBytes(path))).Select(m => Version.Parse(m.Groups[1].Value)).ToArray();
        return versions.Length == 0 ? null : $"GLIBCXX_{versions.Max()}";
    }

    [GeneratedRegex(@"GLIBCXX_(\d+\.\d+\.\d+)")]
    private static partial Regex GlibcxxPattern();

    [GeneratedRegex(@"__version__ *= *'([^']+)'")]
    private static partial Regex VersionPattern();
}
