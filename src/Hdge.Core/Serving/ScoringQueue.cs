using System.Diagnostics;

namespace Hdge.Serving;

/// <summary>The images that wait, first come, first served. One that is given up leaves at once, so that it takes no room from others.</summary>
internal sealed class ScoringQueue(MicroBatchOptions options)
{
    private readonly LinkedList<ScoringRequest> _waiting = [];
    private readonly long _delay = (long)(options.MaxDelay.TotalSeconds * Stopwatch.Frequency);
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_waiting)
                return _waiting.Count;
        }
    }

    /// <summary>Takes a request; false where the queue is full.</summary>
    /// <exception cref="ObjectDisposedException">The queue was closed.</exception>
    public bool TryAdd(ScoringRequest request)
    {
        lock (_waiting)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(MicroBatcher));
            if (request.Task.IsCompleted) // given up before it came in
                return true;
            if (_waiting.Count >= options.QueueCapacity)
                return false;
            request.Place = _waiting.AddLast(request);
            ServiceMeters.Waiting.Add(1);
            if (_waiting.Count == 1 || _waiting.Count == options.MaxBatch)
                Monitor.Pulse(_waiting);
            return true;
        }
    }

    /// <summary>Takes a request out, if it still waits.</summary>
    public void Remove(ScoringRequest request)
    {
        lock (_waiting)
            if (request.Place is not null)
                TakeOut(request);
    }

    /// <summary>Waits for the next batch; false when the queue is closed and empty.</summary>
    public bool Take(List<ScoringRequest> batch)
    {
        lock (_waiting)
        {
            while (true)
            {
                if (_waiting.First is not { } first)
                {
                    if (_closed)
                        return false;
                    Monitor.Wait(_waiting);
                    continue;
                }
                long left = first.Value.Arrived + _delay - Stopwatch.GetTimestamp();
                if (_closed || left <= 0 || _waiting.Count >= options.MaxBatch)
                    break;
                Monitor.Wait(_waiting, (int)Math.Ceiling(left * 1000.0 / Stopwatch.Frequency));
            }
            // Bytes and floating-point values cannot share a pass: a batch ends where the kind changes.
            while (_waiting.First?.Value is { } next && batch.Count < options.MaxBatch && (batch.Count == 0 || next.IsBytes == batch[0].IsBytes))
            {
                TakeOut(next);
                batch.Add(next);
            }
            if (_waiting.Count > 0)
                Monitor.Pulse(_waiting);
            return true;
        }
    }

    /// <summary>Refuses what comes from now on.</summary>
    public void Close()
    {
        lock (_waiting)
        {
            _closed = true;
            Monitor.PulseAll(_waiting);
        }
    }

    private void TakeOut(ScoringRequest request)
    {
        _waiting.Remove(request.Place!);
        request.Place = null;
        ServiceMeters.Waiting.Add(-1);
    }
}
