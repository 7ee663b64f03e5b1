using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Distributed;

/// <summary>
/// This process's part of what several pass through a network. Rank r of n takes the rows [r·N/n, (r + 1)·N/n) of N; their features are gathered, and its own keep their graph. The loss is then
/// computed from all rows on every rank, the same number everywhere, whose gradient with respect to the gathered features is the whole one: its own rows of it, passed back through the network, are the rank's
/// share of the gradient of every weight before the features, and the shares add up to what one process has. Weights after the features see all rows: there each rank has the whole gradient.
/// </summary>
internal sealed class Shard(ICollective collective)
{
    [ThreadStatic]
    private static Shard? s_passing;

    private long _first, _rows; // of the pass that goes on

    public ICollective Collective => collective;

    public int Rank => collective.Rank;

    public int Size => collective.Size;

    /// <summary>The pass of a part that goes on on this thread; null where a network sees all there is to see.</summary>
    public static Shard? Passing => s_passing;

    /// <summary>In a pass: which of all its rows are this rank's.</summary>
    public (long First, long Rows) Place => (_first, _rows);

    /// <summary>First row and number of rows of a rank.</summary>
    public (long First, long Count) Part(long rows, int rank) => (rank * rows / Size, (rank + 1) * rows / Size - rank * rows / Size);

    /// <summary>First row and number of rows of this rank.</summary>
    public (long First, long Count) Part(long rows) => Part(rows, Rank);

    /// <summary>What a network makes of all rows, [N, …], by passing this rank's part.</summary>
    /// <param name="input">All rows [N, …].</param>
    /// <param name="pass">From rows to as many rows.</param>
    public Tensor Pass(Tensor input, Func<Tensor, Tensor> pass)
    {
        if (Size == 1)
            return pass(input);
        using var scope = NewDisposeScope();
        long rows = input.shape[0];
        var (first, count) = Part(rows);
        var before = s_passing;
        Tensor own;
        try
        {
            (s_passing, _first, _rows) = (this, first, rows);
            own = pass(input.narrow(0, first, count));
        }
        finally
        {
            s_passing = before;
        }
        return Gather(own, rows).MoveToOuterDisposeScope();
    }

    /// <summary>All rows [<paramref name="rows"/>, …] from each rank's part of them, which keeps its graph.</summary>
    public Tensor Gather(Tensor own, long rows)
    {
        using var scope = NewDisposeScope();
        var (first, count) = Part(rows);
        var all = Collective.AllGather(own.detach().contiguous(), [.. Enumerable.Range(0, Size).Select(rank => Part(rows, rank).Count)]);
        return cat([all.narrow(0, 0, first), own, all.narrow(0, first + count, rows - first - count)], 0).MoveToOuterDisposeScope();
    }

    /// <summary>The sum over the ranks of a scalar, of which this rank's keeps its graph.</summary>
    public Tensor Sum(Tensor own)
    {
        if (Size == 1)
            return own.alias();
        using var scope = NewDisposeScope();
        return Gather(own.view(1), Size).sum().MoveToOuterDisposeScope();
    }
}
