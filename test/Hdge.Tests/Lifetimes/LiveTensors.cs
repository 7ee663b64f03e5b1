using TorchSharp;

namespace Hdge.Tests.Lifetimes;

/// <summary>Counts tensors by TorchSharp's statistics of the calling thread: those that a finalizer had to free still count as left behind.</summary>
internal static class LiveTensors
{
    /// <summary>How many more tensors were made than disposed of during the action. (<c>Tensor.TotalCount</c> will not do: it is one too high for every parameter ever made.)</summary>
    public static long Left(Action action)
    {
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        long before = statistics.ThreadTotalLiveCount;
        action();
        return statistics.ThreadTotalLiveCount - before;
    }
}
