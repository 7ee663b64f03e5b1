using TorchSharp;

namespace Hdge.Training;

/// <summary>
/// Lets libtorch use every core: some builds start with one thread. Done once a process, and not where OMP_NUM_THREADS or an earlier call says otherwise.
/// </summary>
internal static class TorchThreads
{
    private static int s_done;

    public static void UseAllCores()
    {
        if (Interlocked.Exchange(ref s_done, 1) == 0 && torch.get_num_threads() == 1 && Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null)
            torch.set_num_threads(Environment.ProcessorCount);
    }
}
