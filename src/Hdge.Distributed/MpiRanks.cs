using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Distributed;

/// <summary>The processes that mpirun started. Tensors of a GPU go through the processor's memory. One for the process; disposing of it does nothing, for MPI cannot begin twice.</summary>
internal sealed unsafe class MpiRanks : ICollective
{
    private const long LargestPart = 1 << 27; // elements a call, below 2^31 bytes

    private readonly MpiLibrary _mpi;
    private readonly TimeSpan _timeout;
    private readonly Timer _watch;
    private readonly Lock _turn = new();

    public MpiRanks(MpiLibrary mpi, TimeSpan timeout)
    {
        (_mpi, _timeout) = (mpi, timeout);
        (Rank, Size) = mpi.Begin();
        _ = int.TryParse(Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_LOCAL_RANK"), NumberStyles.None, CultureInfo.InvariantCulture, out int local);
        LocalRank = local;
        _watch = new Timer(_ => End($"Rank {Rank} of {Size} has waited {timeout} for the others ({nameof(MpiOptions)}.{nameof(MpiOptions.Timeout)}): one of them hangs, or the network does. All are ended.", 1));
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            // Ending MPI waits for the others, which wait for this process where it has failed.
            if (Environment.ExitCode == 0)
                mpi.End();
            else if (Size > 1)
                End($"Rank {Rank} of {Size} ends with exit code {Environment.ExitCode}: all are ended.", Environment.ExitCode);
        };
    }

    public int Rank { get; }

    public int Size { get; }

    public int LocalRank { get; }

    public void AllReduce(Tensor values) => OnHost(values, comesBack: true, host =>
    {
        nint type = values.dtype is ScalarType.Float32 or ScalarType.Float64 ? Type(values) : throw new ArgumentException($"The values are {values.dtype}, expected 32- or 64-bit floating point.", nameof(values));
        InParts(host, (at, count) => _mpi.Sum(at, count, type));
    });

    public Tensor AllGather(Tensor rows, IReadOnlyList<long> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.Count != Size || rows.shape[0] != counts[Rank])
            throw new ArgumentException($"There are {counts.Count} counts, and rank {Rank} has {rows.shape[0]} rows, expected {Size} and {(counts.Count == Size ? counts[Rank] : 0)}.", nameof(counts));
        long row = rows.shape[1..].Aggregate(1L, (a, b) => a * b), all = counts.Sum();
        if (all * row * rows.element_size() > int.MaxValue)
            throw new ArgumentException($"The rows have {all * row * rows.element_size()} bytes together, expected at most {int.MaxValue}: smaller batches.", nameof(rows));
        var starts = new int[Size];
        for (int i = 1; i < Size; i++)
            starts[i] = starts[i - 1] + (int)(counts[i - 1] * row);
        using var scope = NewDisposeScope();
        var gathered = empty([all, .. rows.shape[1..]], dtype: rows.dtype);
        OnHost(rows, comesBack: false, host => Watched(() => _mpi.Gather(Address(host), (int)host.numel(), Address(gathered), [.. counts.Select(count => (int)(count * row))], starts, Type(rows))));
        return gathered.to(rows.device).MoveToOuterDisposeScope();
    }

    public void Broadcast(Tensor values, int root = 0) => OnHost(values, comesBack: true, host => InParts(host, (at, count) => _mpi.Broadcast(at, count, Type(values), root)));

    public void Barrier() => Watched(_mpi.Barrier);

    public void Dispose()
    {
    }

    private static void OnHost(Tensor values, bool comesBack, Action<Tensor> work)
    {
        if (!values.is_contiguous())
            throw new ArgumentException("The tensor is not contiguous.", nameof(values));
        if (values.device_type == DeviceType.CPU)
        {
            work(values);
            return;
        }
        using var off = no_grad();
        using var host = values.cpu();
        work(host);
        if (comesBack)
            values.copy_(host);
    }

    private delegate void Part(void* at, int count);

    private void InParts(Tensor host, Part work)
    {
        using var flat = host.view(-1);
        for (long at = 0, all = flat.numel(); at < all; at += LargestPart)
        {
            int count = (int)Math.Min(LargestPart, all - at);
            using var part = flat.narrow(0, at, count);
            Watched(() => work(Address(part), count));
        }
    }

    private void Watched(Action work)
    {
        lock (_turn)
        {
            _watch.Change(_timeout, Timeout.InfiniteTimeSpan);
            work();
            _watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private static void* Address(Tensor host) => Unsafe.AsPointer(ref MemoryMarshal.GetReference(host.bytes)); // native memory: nothing moves it

    private nint Type(Tensor values) => values.dtype switch
    {
        ScalarType.Float32 => _mpi.Singles,
        ScalarType.Float64 => _mpi.Doubles,
        ScalarType.Int64 => _mpi.Longs,
        ScalarType.Byte => _mpi.Bytes,
        _ => throw new ArgumentException($"The values are {values.dtype}, expected 32- or 64-bit floating point, 64-bit integers or bytes.", nameof(values)),
    };

    private void End(string message, int code)
    {
        Console.Error.WriteLine(message);
        Console.Error.Flush();
        _mpi.Abort(code);
    }
}
