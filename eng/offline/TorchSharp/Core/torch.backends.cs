using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>Whether a GPU may round 32-bit products to TF32.</summary>
    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                public static bool allow_tf32
                {
                    get => NativeMethods.hdge_get_tf32(0) != 0;
                    set => NativeMethods.Check(NativeMethods.hdge_set_tf32(0, value ? 1 : 0));
                }
            }
        }

        public static partial class cudnn
        {
            public static bool allow_tf32
            {
                get => NativeMethods.hdge_get_tf32(1) != 0;
                set => NativeMethods.Check(NativeMethods.hdge_set_tf32(1, value ? 1 : 0));
            }
        }
    }
}
