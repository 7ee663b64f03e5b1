using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>Tensors on the memory of a managed array, which stays pinned until libtorch drops the tensor's storage.</summary>
internal static unsafe class SharedMemory
{
    internal static torch.Tensor TensorOn(Array array, long[] shape, torch.ScalarType type)
    {
        GCHandle pinned = GCHandle.Alloc(array, GCHandleType.Pinned);
        nint handle;
        byte* error;
        fixed (long* sizes = shape)
        {
            error = NativeMethods.hdge_on_memory((void*)pinned.AddrOfPinnedObject(), (int)type, sizes, shape.Length,
                (delegate* unmanaged<nint, void>)&Unpin, GCHandle.ToIntPtr(pinned), &handle);
        }
        if (error != null) pinned.Free();
        NativeMethods.Check(error);
        return new torch.Tensor(handle);
    }

    [UnmanagedCallersOnly]
    private static void Unpin(nint pinned) => GCHandle.FromIntPtr(pinned).Free();
}
