using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static string __version__ => Marshal.PtrToStringUTF8((nint)NativeMethods.hdge_version()) ?? "";

    public static int get_num_threads() => NativeMethods.hdge_get_num_threads();

    public static void set_num_threads(int num) => NativeMethods.Check(NativeMethods.hdge_set_num_threads(num));

    public static int get_num_interop_threads() => NativeMethods.hdge_get_num_interop_threads();

    public static void set_num_interop_threads(int num) => NativeMethods.Check(NativeMethods.hdge_set_num_interop_threads(num));

    public static Generator manual_seed(long seed)
    {
        NativeMethods.Check(NativeMethods.hdge_manual_seed((ulong)seed));
        return Generator.Default;
    }

    public static long seed()
    {
        long chosen = DateTime.UtcNow.Ticks;
        manual_seed(chosen);
        return chosen;
    }

    public static long initial_seed()
    {
        using Generator generator = Generator.Default;
        return generator.initial_seed();
    }

    public static Tensor get_rng_state()
    {
        using Generator generator = Generator.Default;
        return generator.get_state();
    }

    public static void set_rng_state(Tensor new_state)
    {
        using Generator generator = Generator.Default;
        generator.set_state(new_state);
    }

    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>The same functions under the names that PyTorch's torch.random has.</summary>
    public static partial class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        public static long seed() => torch.seed();

        public static long initial_seed() => torch.initial_seed();

        public static Tensor get_rng_state() => torch.get_rng_state();

        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);
    }

    /// <summary>CUDA, where the machine and this build of libtorch have it.</summary>
    public static partial class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => NativeMethods.hdge_cuda_device_count();

        public static void manual_seed(long seed)
        {
            if (is_available()) torch.manual_seed(seed);
        }

        public static void manual_seed_all(long seed) => manual_seed(seed);

        /// <exception cref="ExternalException">There is no CUDA device.</exception>
        public static void synchronize(Device? device = null) => NativeMethods.Check(NativeMethods.hdge_cuda_synchronize(device?.index ?? -1));
    }
}
