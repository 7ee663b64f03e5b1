using System.Diagnostics;
using Hdge.Data;

namespace Hdge.Serving;

/// <summary>
/// Scores images that come one by one, from many threads, in batches: those that arrive within <see cref="MicroBatchOptions.MaxDelay"/>, or while another batch is computed, share one forward pass. First come,
/// first served. The queue is bounded; an image that is given up leaves it at once; one that the model refuses fails alone, and the others of its batch are scored all the same. Results are those of
/// <see cref="IScoringModel"/>.Score on the same batch to the last bit, and within 1e-5 of scoring the image alone.
/// .NET's meter "Hdge" tells queue length, waiting times, sizes and times of batches, its activity source "Hdge" each batch. The model stays its owner's: dispose of this first.
/// </summary>
public sealed class MicroBatcher : IDisposable, IAsyncDisposable
{
    private readonly IScoringModel _model;
    private readonly MicroBatchOptions _options;
    private readonly ScoringQueue _queue;
    private readonly Task[] _workers;

    /// <summary>Starts to wait for images.</summary>
    /// <param name="model">Scores them.</param>
    /// <param name="options">How they are gathered. Default null: <see cref="MicroBatchOptions"/>'s own.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public MicroBatcher(IScoringModel model, MicroBatchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _options) = (model, options ?? new());
        _options.Validate();
        _queue = new(_options);
        _workers = [.. Enumerable.Range(0, _options.Workers).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    }

    /// <summary>Images that wait.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Scores an image of bytes.</summary>
    /// <param name="pixels">One image of the model's shape, channel first. It must not change before the task ends.</param>
    /// <param name="cancellationToken">Gives the image up: the task ends at once, and the others of its batch do not notice.</param>
    /// <returns>The scores. The task fails with a <see cref="TimeoutException"/> after <see cref="MicroBatchOptions.Deadline"/>, with an <see cref="InvalidDataException"/> where the network's answer is not finite, and with what the
    /// model throws for this image.</returns>
    /// <exception cref="ArgumentException">The length is not that of an image, or a value is not finite.</exception>
    /// <exception cref="ScoringQueueFullException">The queue is full.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed of.</exception>
    public Task<ImageScore> ScoreAsync(ReadOnlyMemory<byte> pixels, CancellationToken cancellationToken = default) =>
        Add(pixels, default, isBytes: true, cancellationToken) ?? throw new ScoringQueueFullException(_options.QueueCapacity);

    /// <summary>Scores a floating-point image.</summary>
    /// <inheritdoc cref="ScoreAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task<ImageScore> ScoreAsync(ReadOnlyMemory<float> pixels, CancellationToken cancellationToken = default) =>
        Add(default, pixels, isBytes: false, cancellationToken) ?? throw new ScoringQueueFullException(_options.QueueCapacity);

    /// <summary>As <see cref="ScoreAsync(ReadOnlyMemory{byte}, CancellationToken)"/>; null where the queue is full.</summary>
    /// <inheritdoc cref="ScoreAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task<ImageScore>? TryScore(ReadOnlyMemory<byte> pixels, CancellationToken cancellationToken = default) => Add(pixels, default, isBytes: true, cancellationToken);

    /// <summary>As <see cref="ScoreAsync(ReadOnlyMemory{float}, CancellationToken)"/>; null where the queue is full.</summary>
    /// <inheritdoc cref="ScoreAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task<ImageScore>? TryScore(ReadOnlyMemory<float> pixels, CancellationToken cancellationToken = default) => Add(default, pixels, isBytes: false, cancellationToken);

    /// <summary>Takes no more images, and returns when those that wait are scored. Disposing twice is fine.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await Task.WhenAll(_workers).ConfigureAwait(false);
    }

    /// <summary>One line: what it scores with and how many images wait.</summary>
    public override string ToString() => $"{_options}, {Waiting} waiting for {_model}";

    private Task<ImageScore>? Add(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<float> singles, bool isBytes, CancellationToken cancellationToken)
    {
        int length = isBytes ? bytes.Length : singles.Length;
        if (length != _model.InputShape.Length)
            throw new ArgumentException($"The image has {length} values, expected {_model.InputShape.Length}, those of {_model.InputShape}.");
        if (!isBytes && !Finite.All(singles.Span))
            throw new ArgumentException("The image holds a value that is not finite, expected finite values.");
        var request = new ScoringRequest(bytes, singles, isBytes, _options.Deadline, _queue.Remove, cancellationToken);
        if (_queue.TryAdd(request))
            return request.Task;
        request.Fail(new ScoringQueueFullException(_options.QueueCapacity));
        _ = request.Task.Exception; // nobody will ask for it
        ServiceMeters.Refused.Add(1);
        return null;
    }

    private void Work()
    {
        int length = _model.InputShape.Length;
        var scores = new ScoreBatch(_options.MaxBatch, _model.ClassCount);
        var (bytes, singles) = (Array.Empty<byte>(), Array.Empty<float>());
        for (var batch = new List<ScoringRequest>(_options.MaxBatch); _queue.Take(batch); batch.Clear())
        {
            if (batch[0].IsBytes)
                Run(batch, bytes = bytes.Length > 0 ? bytes : new byte[_options.MaxBatch * length], static request => request.Bytes, _model.Score, scores);
            else
                Run(batch, singles = singles.Length > 0 ? singles : new float[_options.MaxBatch * length], static request => request.Singles, _model.Score, scores);
        }
    }

    private delegate void Scoring<T>(ReadOnlySpan<T> pixels, int count, ScoreBatch into, CancellationToken cancellationToken);

    private void Run<T>(List<ScoringRequest> batch, T[] pixels, Func<ScoringRequest, ReadOnlyMemory<T>> values, Scoring<T> score, ScoreBatch into)
    {
        long start = Stopwatch.GetTimestamp();
        using var activity = ServiceMeters.Activities.HasListeners()
            ? ServiceMeters.Activities.StartActivity("score batch", ActivityKind.Internal, default(ActivityContext), links: batch.Where(r => r.Caller is not null).Select(r => new ActivityLink(r.Caller!.Value)))
            : null;
        activity?.SetTag("hdge.batch.size", batch.Count);
        ServiceMeters.BatchSize.Record(batch.Count);
        int length = _model.InputShape.Length;
        try
        {
            for (int i = 0; i < batch.Count; i++)
                values(batch[i]).CopyTo(pixels.AsMemory(i * length));
            score(pixels.AsSpan(0, batch.Count * length), batch.Count, into, CancellationToken.None);
            for (int i = 0; i < batch.Count; i++)
                Answer(batch[i], into, i, start);
        }
        catch (Exception) when (batch.Count > 1) // one of them: which, only scoring each alone can tell
        {
            foreach (var request in batch)
                Run([request], pixels, values, score, into);
        }
        catch (Exception error)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.Message);
            batch[0].Fail(error);
        }
        ServiceMeters.BatchTime.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private void Answer(ScoringRequest request, ScoreBatch scores, int row, long start)
    {
        var waited = Stopwatch.GetElapsedTime(request.Arrived, start);
        ServiceMeters.Wait.Record(waited.TotalSeconds);
        if (float.IsFinite(scores.LogDensity[row]))
            request.Answer(ImageScore.Of(scores, row, _model.PredictionSets, waited));
        else
            request.Fail(new InvalidDataException("The network's answer to the image is not finite: its values are too large, or the model's weights are."));
    }
}
