using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>From an option to a device.</summary>
internal static class Devices
{
    /// <summary>"cpu", "cuda", "cuda:1" …; null takes a GPU when there is one, of several processes on a machine each another.</summary>
    /// <exception cref="ArgumentException">The name is unknown, or there is no such device here.</exception>
    public static Device Resolve(string? name, int localRank = 0)
    {
        Libtorch.EnsureLoaded();
        if (name is null)
            return cuda.is_available() ? Cuda(localRank % cuda.device_count()) : CPU;
        if (name == "cpu")
            return CPU;
        if (name == "cuda" || name.StartsWith("cuda:", StringComparison.Ordinal))
        {
            int index = 0;
            if (name.Length > 4 && !(int.TryParse(name.AsSpan(5), out index) && index >= 0))
                throw new ArgumentException($"Device is '{name}', expected \"cpu\", \"cuda\" or \"cuda:0\" and so on.", nameof(name));
            int available = cuda.is_available() ? cuda.device_count() : 0;
            if (index >= available)
                throw new ArgumentException($"Device is '{name}', but this process sees {available} CUDA devices{Why(available)}.", nameof(name));
            return Cuda(index);
        }
        throw new ArgumentException($"Device is '{name}', expected \"cpu\", \"cuda\" or \"cuda:0\" and so on.", nameof(name));
    }

    private static Device Cuda(int index)
    {
        Tf32.OffByDefault();
        return device(DeviceType.CUDA, index);
    }

    private static string Why(int available) =>
        available > 0 ? "" : " (a GPU needs NVIDIA's driver, and a package with CUDA in place of TorchSharp-cpu: TorchSharp-cuda-linux or TorchSharp-cuda-windows)";
}
