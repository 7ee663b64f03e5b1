using System.Runtime.InteropServices;
using TorchSharp;

namespace Hdge;

/// <summary>TorchSharp's own native part on Linux, loaded with every symbol bound at once: a missing one is then an error here, not the end of the process in the middle of a call.</summary>
internal static partial class NativeTorchSharp
{
    private const int Now = 2; // RTLD_NOW

    /// <summary>Loads it. Null, or what the loader says against it.</summary>
    public static string? LoadNow()
    {
        if (!OperatingSystem.IsLinux())
            return NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, null, out _) ? null : "its native part cannot be loaded";
        string folder = AppContext.BaseDirectory;
        string? path = new[] { Path.Combine(folder, "libLibTorchSharp.so"), Path.Combine(folder, "runtimes", "linux-x64", "native", "libLibTorchSharp.so") }.FirstOrDefault(File.Exists);
        if (path is null)
            return $"no libLibTorchSharp.so is in '{folder}'; it comes with the package TorchSharp";
        if (Open(path, Now) != 0)
            return null;
        return Marshal.PtrToStringUTF8(Error()) is { } error ? LibtorchFailure.FirstLine(error) : "the loader gives no reason";
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc.so.6", EntryPoint = "dlerror")]
    private static partial nint Error();
}
