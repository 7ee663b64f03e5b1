using TorchSharp;

namespace Hdge.Training;

/// <summary>
/// How many threads libtorch computes with: by itself some builds start with one, others with one for every core of the machine. Unless OMP_NUM_THREADS or
/// MKL_NUM_THREADS says otherwise, as many as the process may use: .NET's processor count honours affinity and the CPU quota of a container (cgroup v1 and v2).
/// </summary>
internal static class TorchThreads
{
    private static int s_done;

    /// <summary>Once a process.</summary>
    public static void UseAllCores()
    {
        Libtorch.EnsureLoaded();
        if (Interlocked.Exchange(ref s_done, 1) != 0 || IsSet("OMP_NUM_THREADS") || IsSet("MKL_NUM_THREADS"))
            return;
        int threads = torch.get_num_threads();
        if (threads == 1 || threads > Environment.ProcessorCount)
            torch.set_num_threads(Environment.ProcessorCount);
    }

    /// <summary>Lets this thread compute with so many; null leaves it as it is. libtorch keeps the number by thread, and for threads yet to come.</summary>
    public static void Use(int? threads)
    {
        if (threads is { } wanted && torch.get_num_threads() != wanted)
            torch.set_num_threads(wanted);
    }

    /// <summary>As <see cref="Use"/>, until the result is disposed of.</summary>
    public static Restorer UseFor(int? threads)
    {
        UseAllCores();
        int before = torch.get_num_threads();
        Use(threads);
        return new(before);
    }

    /// <summary>How many a run with this option computes with.</summary>
    public static int Count(int? threads)
    {
        UseAllCores();
        return threads ?? torch.get_num_threads();
    }

    private static bool IsSet(string name) => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(name));

    /// <summary>Goes back to the number before.</summary>
    public readonly ref struct Restorer(int before)
    {
        public void Dispose() => Use(before);
    }
}
