namespace Hdge.Serving;

/// <summary>How a <see cref="MicroBatcher"/> gathers images.</summary>
public sealed record MicroBatchOptions
{
    /// <summary>Most images of a forward pass, 1..256. Default 32. 1 scores each alone.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>How long the first image of a batch waits for others, 0..1 s, rounded up to whole milliseconds. Default 2 ms. Images that came while a batch was computed have waited already: they go at once.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Most images that wait, 1..1,000,000. Default 256. One more is refused.</summary>
    public int QueueCapacity { get; init; } = 256;

    /// <summary>Longest time from an image's arrival to its answer, above 0; then its task fails with a <see cref="TimeoutException"/>. Default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Batches that are computed at once, 1..64, each on a thread of its own. Default 1: the model itself computes on several threads.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range.</exception>
    public void Validate()
    {
        Argument.Require(MaxBatch is >= 1 and <= 256, MaxBatch, "1..256");
        Argument.Require(MaxDelay >= TimeSpan.Zero && MaxDelay <= TimeSpan.FromSeconds(1), MaxDelay, "0..1 s");
        Argument.Require(QueueCapacity is >= 1 and <= 1_000_000, QueueCapacity, "1..1000000");
        Argument.Require(Deadline == Timeout.InfiniteTimeSpan || (Deadline > TimeSpan.Zero && Deadline <= TimeSpan.FromDays(1)), Deadline, "more than 0 and at most a day, or Timeout.InfiniteTimeSpan");
        Argument.Require(Workers is >= 1 and <= 64, Workers, "1..64");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
