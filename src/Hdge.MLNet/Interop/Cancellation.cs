using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Interop;

/// <summary>Long work under an MLContext, which ends when the context is cancelled (<c>MLContext.CancelExecution</c>) or a token of the caller's is.</summary>
internal static class Cancellation
{
    private const int Interval = 50; // milliseconds

    /// <summary>Does the work, giving it a token that stands for both.</summary>
    /// <exception cref="OperationCanceledException">One of them was cancelled: the context with the exception that stock trainers throw, or <paramref name="given"/>.</exception>
    public static T Run<T>(IHostEnvironment environment, Func<CancellationToken, T> work, CancellationToken given)
    {
        environment.CheckAlive();
        given.ThrowIfCancellationRequested();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(given);
        using var done = new ManualResetEventSlim();
        // Stock trainers look at the context's flag between steps; nothing tells of its change. A thread of its own looks, for a busy pool would let it wait.
        var watch = new Thread(() =>
        {
            while (!done.Wait(Interval))
            {
                if (environment is not ICancelable { IsCanceled: true })
                    continue;
                source.Cancel();
                return;
            }
        }) { IsBackground = true, Name = "Hdge cancellation" };
        watch.Start();
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
            done.Set();
            watch.Join();
        }
    }
}
