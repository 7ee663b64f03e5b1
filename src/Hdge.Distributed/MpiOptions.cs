using System.Globalization;

namespace Hdge.Distributed;

/// <summary>
/// Training by the processes that <c>mpirun -n 4 …</c> started, over Open MPI, whose library must be installed (Debian: <c>apt-get install openmpi-bin</c>). A process that was started otherwise trains alone.
/// </summary>
public sealed record MpiOptions : DistributedOptions
{
    private static readonly Lock s_lock = new();
    private static MpiRanks? s_ranks;

    /// <summary>Name or path of Open MPI's library. Default null: <c>libmpi.so.40</c> or another name that it goes by, where the system's loader finds it.</summary>
    public string? Library { get; init; }

    /// <summary>
    /// Longest wait for the other processes in one operation, above 0, after which this process ends all of them. Default 10 minutes. A process that has died ends the others within seconds in any case, by mpirun; this is for one that
    /// neither dies nor goes on.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Which rank Open MPI's mpirun started this process as (it sets OMPI_COMM_WORLD_RANK); null where it was started otherwise.</summary>
    public static int? StartedRank =>
        int.TryParse(Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK"), NumberStyles.None, CultureInfo.InvariantCulture, out int rank) ? rank : null;

    /// <summary>
    /// Joins the other processes. MPI is begun once a process, on the first call, whose options count, and ended with the process: where that ends with another exit code than 0, all of them are ended.
    /// </summary>
    /// <exception cref="MpiMissingException">Open MPI's library is not there, or what goes by its name is another.</exception>
    public override ICollective Connect()
    {
        if (Timeout <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(Timeout)} is {Timeout}, expected above 0.");
        lock (s_lock)
            return s_ranks ??= new MpiRanks(MpiLibrary.Load(Library), Timeout);
    }
}
