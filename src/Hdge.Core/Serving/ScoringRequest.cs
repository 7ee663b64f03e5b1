using System.Diagnostics;

namespace Hdge.Serving;

/// <summary>One image that waits, is computed, or was given up.</summary>
internal sealed class ScoringRequest : TaskCompletionSource<ImageScore>
{
    private readonly CancellationTokenSource? _end; // by the caller or by the deadline

    /// <param name="bytes">The image as bytes, or else</param>
    /// <param name="singles">as floating-point values.</param>
    /// <param name="isBytes">Which of both.</param>
    /// <param name="deadline">Longest time to the answer.</param>
    /// <param name="giveUp">Called once when caller or deadline end the request.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public ScoringRequest(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<float> singles, bool isBytes, TimeSpan deadline, Action<ScoringRequest> giveUp, CancellationToken cancellationToken)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        (Bytes, Singles, IsBytes) = (bytes, singles, isBytes);
        if (deadline == Timeout.InfiniteTimeSpan && !cancellationToken.CanBeCanceled)
            return;
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _end.Token.UnsafeRegister(_ =>
        {
            giveUp(this);
            if (cancellationToken.IsCancellationRequested)
                TrySetCanceled(cancellationToken);
            else
                TrySetException(new TimeoutException($"The image was not scored within {deadline.TotalSeconds} s, {nameof(MicroBatchOptions)}.{nameof(MicroBatchOptions.Deadline)}."));
        }, null);
        if (deadline != Timeout.InfiniteTimeSpan)
            _end.CancelAfter(deadline);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public ReadOnlyMemory<float> Singles { get; }

    public bool IsBytes { get; }

    /// <summary>The trace of the caller, to which that of its batch is linked.</summary>
    public ActivityContext? Caller { get; } = Activity.Current?.Context;

    public long Arrived { get; } = Stopwatch.GetTimestamp();

    /// <summary>Its place in the queue while it waits.</summary>
    public LinkedListNode<ScoringRequest>? Place { get; set; }

    /// <summary>Takes the answer, unless the request was given up.</summary>
    public void Answer(ImageScore score)
    {
        _end?.Dispose();
        TrySetResult(score);
    }

    /// <summary>Takes an error, unless the request was given up.</summary>
    public void Fail(Exception error)
    {
        _end?.Dispose();
        TrySetException(error);
    }
}
