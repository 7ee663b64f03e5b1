using System.Runtime.InteropServices;

namespace Hdge.Training;

/// <summary>What NVIDIA's driver tells of a GPU, which TorchSharp does not. GPUs are numbered as CUDA does, which CUDA_VISIBLE_DEVICES changes.</summary>
internal static unsafe class CudaDriver
{
    private const int ComputeCapabilityMajor = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR

    /// <summary>The first number of a GPU's compute capability; null where the driver does not tell.</summary>
    public static int? ComputeCapability(int device)
    {
        int value;
        return Find("cuDeviceGetAttribute") is var ask and not 0 && ((delegate* unmanaged<int*, int, int, int>)ask)(&value, ComputeCapabilityMajor, device) == 0 ? value : null;
    }

    /// <summary>Bytes of a GPU's memory; null where the driver does not tell.</summary>
    public static long? TotalMemory(int device)
    {
        nuint value;
        return Find("cuDeviceTotalMem_v2") is var ask and not 0 && ((delegate* unmanaged<nuint*, int, int>)ask)(&value, device) == 0 ? (long)value : null;
    }

    /// <summary>Bytes that are free now on the GPU that this thread computes with, and all there are; null where the driver does not tell.</summary>
    public static (long Free, long Total)? Memory()
    {
        nuint free, total;
        return Find("cuMemGetInfo_v2") is var ask and not 0 && ((delegate* unmanaged<nuint*, nuint*, int>)ask)(&free, &total) == 0 ? ((long)free, (long)total) : null;
    }

    /// <summary>A function of the driver, ready to be called; 0 where there is no such driver.</summary>
    private static nint Find(string name) =>
        NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint driver) && NativeLibrary.TryGetExport(driver, "cuInit", out nint init)
        && ((delegate* unmanaged<uint, int>)init)(0) == 0 && NativeLibrary.TryGetExport(driver, name, out nint found) ? found : 0;
}
