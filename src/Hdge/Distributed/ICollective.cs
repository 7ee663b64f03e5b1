using static TorchSharp.torch;

namespace Hdge.Distributed;

/// <summary>
/// The processes ("ranks") that train one model together, and what they can do together. Every rank calls the same operations in the same order, each of which waits for the others. Tensors are
/// contiguous, of 32- or 64-bit floating point, 64-bit integers or bytes, on whatever device: a backend that knows the processor alone copies, one for GPUs (NCCL) does not (docs/scaling.md). What comes out
/// is equal on all ranks, bit by bit.
/// </summary>
public interface ICollective : IDisposable
{
    /// <summary>Number of this process, 0..<see cref="Size"/> − 1. Rank 0 logs and writes files.</summary>
    int Rank { get; }

    /// <summary>Processes, at least 1.</summary>
    int Size { get; }

    /// <summary>Number of this process among those of its machine, from 0: which GPU it takes.</summary>
    int LocalRank { get; }

    /// <summary>Replaces values by their sum over the ranks.</summary>
    /// <param name="values">Of the same shape and type on all ranks, 32- or 64-bit floating point.</param>
    void AllReduce(Tensor values);

    /// <summary>The rows of all ranks, in the order of the ranks: [Σ counts, …], on the rows' device, of the current dispose scope.</summary>
    /// <param name="rows">This rank's, [counts[Rank], …].</param>
    /// <param name="counts">Rows of each rank, at least 0; the same on all ranks.</param>
    Tensor AllGather(Tensor rows, IReadOnlyList<long> counts);

    /// <summary>Replaces values by those of one rank.</summary>
    /// <param name="values">Of the same shape and type on all ranks.</param>
    /// <param name="root">Whose.</param>
    void Broadcast(Tensor values, int root = 0);

    /// <summary>Waits until all ranks are here.</summary>
    void Barrier();
}
