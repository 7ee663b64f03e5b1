using System.Runtime.InteropServices;

namespace Hdge.Training;

/// <summary>What NVIDIA's driver tells of a GPU, which TorchSharp does not.</summary>
internal static unsafe class CudaDriver
{
    private const int ComputeCapabilityMajor = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR

    /// <summary>The first number of a GPU's compute capability; null where the driver does not tell.</summary>
    /// <param name="device">The GPU as CUDA counts, which CUDA_VISIBLE_DEVICES changes.</param>
    public static int? ComputeCapability(int device)
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint driver))
            return null;
        if (!NativeLibrary.TryGetExport(driver, "cuInit", out nint init) || !NativeLibrary.TryGetExport(driver, "cuDeviceGetAttribute", out nint attribute))
            return null;
        int value;
        return ((delegate* unmanaged<uint, int>)init)(0) == 0 && ((delegate* unmanaged<int*, int, int, int>)attribute)(&value, ComputeCapabilityMajor, device) == 0 ? value : null;
    }
}
