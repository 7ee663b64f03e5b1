using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>Loads libhdge_torch and sets up the threads of libtorch, once per process.</summary>
internal static unsafe partial class NativeLoader
{
    private static readonly Lazy<nint> Handle = new(LoadAndConfigure);

    /// <exception cref="DllNotFoundException">The library or libtorch itself is missing.</exception>
    internal static void Load() => _ = Handle.Value;

    private static nint LoadAndConfigure()
    {
        // OpenMP reads this once, when it is loaded. Waiting threads that spin make everything several times slower as
        // soon as another process wants the cores. GNU's OpenMP may spin for some microseconds all the same: a quarter less
        // time a training step on idle cores, a quarter more on busy ones. Environment.SetEnvironmentVariable does not reach native code.
        if (!OperatingSystem.IsWindows() && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OMP_WAIT_POLICY")))
        {
            _ = setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
            _ = setenv("GOMP_SPINCOUNT", "2000", 0);
        }

        nint library = NativeLibrary.Load("hdge_torch", typeof(NativeLoader).Assembly, DllImportSearchPath.AssemblyDirectory);
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null or "")
        {
            var setThreads = (delegate* unmanaged<int, byte*>)NativeLibrary.GetExport(library, "hdge_set_num_threads");
            _ = setThreads(Environment.ProcessorCount);
        }
        return library;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
