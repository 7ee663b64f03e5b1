using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Interop;

/// <summary>Long work under an MLContext, which ends when the context is cancelled (<c>MLContext.CancelExecution</c>) or a token of the caller's is.</summary>
internal static class Cancellation
{
    // Stock trainers look at the context's flag between steps; nothing tells of its change, so it is looked at as often as somebody waiting would notice.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Does the work, giving it a token that stands for both.</summary>
    /// <exception cref="OperationCanceledException">One of them was cancelled: the context with the exception that stock trainers throw, or <paramref name="given"/>.</exception>
    public static T Run<T>(IHostEnvironment environment, Func<CancellationToken, T> work, CancellationToken given)
    {
        environment.CheckAlive();
        given.ThrowIfCancellationRequested();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(given);
        var watch = new Timer(_ =>
        {
            if (environment is ICancelable { IsCanceled: true })
                source.Cancel();
        }, null, Interval, Interval);
        try
        {
            return work(source.Token);
        }
        catch (OperationCanceledException exception) when (source.IsCancellationRequested)
        {
            environment.CheckAlive();
            throw new OperationCanceledException(exception.Message, exception, given);
        }
        finally
        {
            // Waits for a look that is under way: it uses the source.
            watch.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
