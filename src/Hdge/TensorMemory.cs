using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>The memory of a contiguous tensor on the processor, valid while the tensor lives.</summary>
internal static class TensorMemory
{
    public static Span<T> Span<T>(Tensor tensor) where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes);
}
