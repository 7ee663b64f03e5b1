using System.Runtime.InteropServices;

namespace Hdge.Distributed;

/// <summary>
/// The functions of Open MPI that are used, and its handles, which are the addresses of global symbols there (MPI-3.1; Open MPI's mpi.h). Found by name when it is first asked for, so that an application without MPI needs none.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>Debian's and others' names for Open MPI 2 to 5; the last is that of a development package.</summary>
    private static readonly string[] s_names = ["libmpi.so.40", "libmpi.so.20", "libmpi.so.12", "libmpi.40.dylib", "libmpi.so"];

    private const int Serialized = 2; // MPI_THREAD_SERIALIZED: several threads, one at a time; a GPU's backward pass has a thread of its own

    private readonly nint _library;
    private readonly delegate* unmanaged<int*, int> _initialized;
    private readonly delegate* unmanaged<int*, nint, int, int*, int> _initThread;
    private readonly delegate* unmanaged<nint, int*, int> _rank, _size;
    private readonly delegate* unmanaged<void*, void*, int, nint, nint, nint, int> _allReduce;
    private readonly delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int> _allGather;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged<nint, int> _barrier;
    private readonly delegate* unmanaged<int> _finalize;
    private readonly delegate* unmanaged<nint, int, int> _abort;
    private readonly nint _world, _sum;

    private MpiLibrary(nint library, string name)
    {
        _library = library;
        if (!NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _world))
            throw new MpiMissingException($"'{name}' is no library of Open MPI: it has no 'ompi_mpi_comm_world'. {Cure}");
        _sum = Symbol("ompi_mpi_op_sum");
        (Singles, Doubles, Longs, Bytes) = (Symbol("ompi_mpi_float"), Symbol("ompi_mpi_double"), Symbol("ompi_mpi_int64_t"), Symbol("ompi_mpi_byte"));
        _initialized = (delegate* unmanaged<int*, int>)Symbol("MPI_Initialized");
        _initThread = (delegate* unmanaged<int*, nint, int, int*, int>)Symbol("MPI_Init_thread");
        _rank = (delegate* unmanaged<nint, int*, int>)Symbol("MPI_Comm_rank");
        _size = (delegate* unmanaged<nint, int*, int>)Symbol("MPI_Comm_size");
        _allReduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, int>)Symbol("MPI_Allreduce");
        _allGather = (delegate* unmanaged<void*, int, nint, void*, int*, int*, nint, nint, int>)Symbol("MPI_Allgatherv");
        _broadcast = (delegate* unmanaged<void*, int, nint, int, nint, int>)Symbol("MPI_Bcast");
        _barrier = (delegate* unmanaged<nint, int>)Symbol("MPI_Barrier");
        _finalize = (delegate* unmanaged<int>)Symbol("MPI_Finalize");
        _abort = (delegate* unmanaged<nint, int, int>)Symbol("MPI_Abort");
    }

    /// <summary>Types of elements.</summary>
    public nint Singles { get; }

    public nint Doubles { get; }

    public nint Longs { get; }

    public nint Bytes { get; }

    private static string Cure => $"Install Open MPI on every machine (Debian and Ubuntu: apt-get install openmpi-bin; Fedora: dnf install openmpi), or name its library in {nameof(MpiOptions)}.{nameof(MpiOptions.Library)}.";

    /// <exception cref="MpiMissingException">There is none, or it is another MPI's.</exception>
    public static MpiLibrary Load(string? name)
    {
        foreach (string candidate in name is null ? s_names : [name])
            if (NativeLibrary.TryLoad(candidate, out nint library))
                return new MpiLibrary(library, candidate);
        throw new MpiMissingException($"Open MPI's library was not found: looked for {string.Join(", ", name is null ? s_names : [name])}. {Cure}");
    }

    /// <summary>Begins MPI where nobody has; answers rank and number of ranks.</summary>
    public (int Rank, int Size) Begin()
    {
        int begun, provided = Serialized, rank, size;
        Check(_initialized(&begun), "MPI_Initialized");
        if (begun == 0)
            Check(_initThread(null, 0, Serialized, &provided), "MPI_Init_thread");
        if (provided < Serialized)
            throw new MpiMissingException($"This Open MPI serves one thread alone (level {provided}), expected {Serialized}, several in turn. {Cure}");
        Check(_rank(_world, &rank), "MPI_Comm_rank");
        Check(_size(_world, &size), "MPI_Comm_size");
        return (rank, size);
    }

    public void Sum(void* values, int count, nint type) => Check(_allReduce((void*)1, values, count, type, _sum, _world), "MPI_Allreduce"); // 1: MPI_IN_PLACE

    public void Gather(void* own, int count, void* all, int[] counts, int[] starts, nint type)
    {
        fixed (int* c = counts, s = starts)
            Check(_allGather(own, count, type, all, c, s, type, _world), "MPI_Allgatherv");
    }

    public void Broadcast(void* values, int count, nint type, int root) => Check(_broadcast(values, count, type, root, _world), "MPI_Bcast");

    public void Barrier() => Check(_barrier(_world), "MPI_Barrier");

    public void End() => _ = _finalize();

    /// <summary>Ends all processes.</summary>
    public void Abort(int code) => _ = _abort(_world, code);

    private nint Symbol(string name) => NativeLibrary.TryGetExport(_library, name, out nint address) ? address : throw new MpiMissingException($"The Open MPI found has no '{name}'. {Cure}");

    private static void Check(int code, string function)
    {
        if (code != 0) // by default errors end the program within MPI, with its own message
            throw new InvalidOperationException($"{function} failed with error {code}.");
    }
}
