using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>What an argument or a result of an operator holds; the numbers are those of native/hdge_torch.h.</summary>
internal enum ValueTag
{
    Default = 0,
    None = 1,
    Tensor = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    IntList = 6,
    DoubleList = 7,
    TensorList = 8,
    String = 9,
    Device = 10,
    Generator = 11,
}

/// <summary>One argument or result, as the native side sees it (16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public ValueTag Tag;
    public int Count;
    public long Bits;
}

/// <summary>What the native side tells about a tensor in one call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorInfo
{
    public const int Contiguous = 1, RequiresGrad = 2, Leaf = 4, Sparse = 8;

    public int ScalarType;
    public int DeviceType;
    public int DeviceIndex;
    public int Flags;
    public long Dimensions;
    public long NumberOfElements;
    public long ElementSize;
    public long StorageOffset;
}
