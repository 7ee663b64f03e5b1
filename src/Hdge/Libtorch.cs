using System.Runtime.InteropServices;
using TorchSharp;

namespace Hdge;

/// <summary>
/// Loads libtorch before TorchSharp's first use: from the application's own output (the packages TorchSharp-cpu, TorchSharp-cuda-linux,
/// TorchSharp-cuda-windows), or from the folder of a PyTorch or libtorch that is on the machine already.
/// </summary>
public static class Libtorch
{
    /// <summary>Environment variable that names the folder, as <see cref="Use"/> does.</summary>
    public const string FolderVariable = "HDGE_LIBTORCH";

    private static readonly string[] s_required = ["c10", "torch_cpu", "torch"], s_inOrder = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];
    private static readonly Lock s_lock = new();
    private static volatile bool s_loaded;
    private static string? s_folder;

    /// <summary>Takes libtorch from a folder, for example …/site-packages/torch/lib of a Python installation. Call it before anything that trains or scores.</summary>
    /// <param name="folder">Holds libtorch_cpu.so, libc10.so and, for GPUs, libtorch_cuda.so; of the version that TorchSharp was made for (0.107: libtorch 2.10).</param>
    /// <exception cref="InvalidOperationException">libtorch is loaded already.</exception>
    /// <exception cref="LibtorchException">The folder is no libtorch's, or its version does not fit.</exception>
    public static void Use(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        lock (s_lock)
        {
            if (s_loaded)
                throw new InvalidOperationException($"libtorch is loaded already; choose its folder ('{folder}') before anything that trains or scores.");
            s_folder = folder;
        }
        EnsureLoaded();
    }

    /// <summary>Loads it, once. Everything of this library does so by itself; call it before a first use of TorchSharp of your own.</summary>
    /// <exception cref="LibtorchException">It cannot be loaded.</exception>
    public static void EnsureLoaded()
    {
        if (s_loaded)
            return;
        lock (s_lock)
        {
            if (s_loaded)
                return;
            NativeEnvironment.Prepare();
            NativeHeap.Prepare();
            string? folder = s_folder ?? Environment.GetEnvironmentVariable(FolderVariable);
            if (!string.IsNullOrEmpty(folder))
                LoadFrom(folder);
            else
                LoadOwn();
            s_loaded = true;
        }
    }

    /// <summary>The loader finds a library by its name among those that are loaded: after this, TorchSharp's own native part takes these.</summary>
    private static void LoadFrom(string folder)
    {
        string Name(string library) => OperatingSystem.IsWindows() ? library + ".dll" : "lib" + library + (OperatingSystem.IsMacOS() ? ".dylib" : ".so");
        string? missing = s_required.Select(Name).FirstOrDefault(file => !File.Exists(Path.Combine(folder, file)));
        if (missing is not null)
            throw new LibtorchException($"'{folder}' ({FolderVariable}) holds no {missing}: expected the folder of libtorch's libraries, …/torch/lib of a Python installation, for example.");
        string version = LibtorchFailure.VersionIn(folder);
        foreach (string library in s_inOrder)
        {
            string path = Path.Combine(folder, Name(library));
            if (!File.Exists(path))
                continue;
            try
            {
                NativeLibrary.Load(path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new LibtorchException($"{path} (libtorch {version}) cannot be loaded: {LibtorchFailure.FirstLine(e.Message)}", e);
            }
        }
        string? unfit = NativeTorchSharp.LoadNow();
        if (unfit is not null)
            throw new LibtorchException($"TorchSharp {LibtorchFailure.TorchSharpVersion} does not fit libtorch {version} in '{folder}' (it was made for {LibtorchFailure.Libtorch}): {unfit}");
    }

    private static void LoadOwn()
    {
        var torchSharp = typeof(torch).Assembly;
        // TorchSharp's own order. With a CUDA package either may be all there is.
        _ = NativeLibrary.TryLoad("torch_cuda", torchSharp, null, out _) || NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
        try
        {
            NativeLibrary.Load("LibTorchSharp", torchSharp, null);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new LibtorchException(LibtorchFailure.Explain(e.Message), e);
        }
    }
}
