using System.Collections.Concurrent;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Reads one cursor on a thread of its own, a few batches ahead.</summary>
internal sealed class RowBatchWorker : IDisposable
{
    private const int _ahead = 2;

    private readonly BlockingCollection<RowBatch> _full = new(_ahead);
    private readonly ConcurrentBag<RowBatch> _used = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _task;
    private Exception _error;

    public RowBatchWorker(DataViewRowCursor cursor)
        => _task = Task.Factory.StartNew(() => Work(cursor), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The next batch, or null at the end. Throws what went wrong in the cursor, after the batches before it.</summary>
    public RowBatch TakeOrNull()
    {
        if (_full.TryTake(out var batch, Timeout.Infinite))
            return batch;
        return _error is null ? null : throw Guard.BadState("Splitter/consolidator worker encountered exception while consuming source data", _error);
    }

    public void GiveBack(RowBatch batch) => _used.Add(batch);

    public void Dispose()
    {
        _stop.Cancel();
        _task.Wait();
        _full.Dispose();
        _stop.Dispose();
    }

    private void Work(DataViewRowCursor cursor)
    {
        try
        {
            using (cursor)
                ReadAll(cursor);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _error = e;
        }
        finally
        {
            _full.CompleteAdding();
        }
    }

    private void ReadAll(DataViewRowCursor cursor)
    {
        RowBatch batch = null;
        while (cursor.MoveNext())
        {
            if (batch != null && (batch.Count == RowBatch.Capacity || batch.Number != cursor.Batch))
            {
                _full.Add(batch, _stop.Token);
                batch = null;
            }
            batch ??= Fresh(cursor);
            batch.Number = cursor.Batch;
            batch.Load();
        }
        if (batch != null)
            _full.Add(batch, _stop.Token);
    }

    private RowBatch Fresh(DataViewRowCursor cursor)
    {
        if (!_used.TryTake(out var batch))
            return new RowBatch(cursor);
        batch.Clear();
        return batch;
    }
}
