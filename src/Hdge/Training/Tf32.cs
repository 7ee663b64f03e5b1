using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// TensorFloat-32 on CUDA: convolutions and matrix products with 10 bits of mantissa, about twice as fast. libtorch allows it in convolutions unless told
/// otherwise; here it is off until a training run asks for it, so that a GPU's scores are the processor's.
/// </summary>
internal static class Tf32
{
    private static int s_off;

    /// <summary>Switches it off, once a process: whoever switches it on later keeps it.</summary>
    public static void OffByDefault()
    {
        if (Interlocked.Exchange(ref s_off, 1) == 0)
            Set(false);
    }

    /// <summary>Switches it for a run on a GPU; what is returned switches it back.</summary>
    public static IDisposable During(Device device, bool allowed)
    {
        if (device.type != DeviceType.CUDA)
            return new Before(null);
        var before = new Before(backends.cudnn.allow_tf32);
        Set(allowed);
        return before;
    }

    private static void Set(bool allowed)
    {
        backends.cudnn.allow_tf32 = allowed;
        backends.cuda.matmul.allow_tf32 = allowed;
    }

    private sealed class Before(bool? allowed) : IDisposable
    {
        public void Dispose()
        {
            if (allowed is { } value)
                Set(value);
        }
    }
}
