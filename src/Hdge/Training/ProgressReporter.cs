namespace Hdge.Training;

/// <summary>Tells how far a run is, at most once an interval: what it does at each step is look at a clock.</summary>
internal sealed class ProgressReporter(Action<TrainingProgress>? report, TimeSpan interval, int epochs, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _began, _last;
    private long _steps; // of this run, those done again after divergence included
    private long _images; // since the last report

    /// <summary>The run's first step is about to be made.</summary>
    public void Begin() => _began = _last = _time.GetTimestamp();

    /// <summary>An epoch begins: the time before it, of validation or a checkpoint, is not the images'. What the epoch before has to say was said in its metrics.</summary>
    public void BeginEpoch() => (_last, _images) = (_time.GetTimestamp(), 0);

    /// <summary>A step is done, the <paramref name="step"/>th of <paramref name="steps"/> in an epoch counted from 1.</summary>
    public void Add(int epoch, int step, int steps, int images, TimeSpan before)
    {
        _steps++;
        _images += images;
        if (report is null)
            return;
        long now = _time.GetTimestamp();
        var since = _time.GetElapsedTime(_last, now);
        if (since < interval)
            return;
        var elapsed = _time.GetElapsedTime(_began, now);
        long left = (long)epochs * steps - ((epoch - 1L) * steps + step);
        report(new TrainingProgress
        {
            Epoch = epoch,
            Epochs = epochs,
            Step = step,
            Steps = steps,
            ImagesPerSecond = _images / Math.Max(since.TotalSeconds, 1e-6),
            Elapsed = before + elapsed,
            Remaining = elapsed * ((double)left / _steps),
        });
        (_last, _images) = (now, 0);
    }
}
