using static TorchSharp.torch;

namespace Hdge.Distributed;

/// <summary>A process that trains alone.</summary>
internal sealed class SingleProcess : ICollective
{
    public int Rank => 0;

    public int Size => 1;

    public int LocalRank => 0;

    public void AllReduce(Tensor values)
    {
    }

    public Tensor AllGather(Tensor rows, IReadOnlyList<long> counts) => rows.alias();

    public void Broadcast(Tensor values, int root = 0)
    {
    }

    public void Barrier()
    {
    }

    public void Dispose()
    {
    }
}
