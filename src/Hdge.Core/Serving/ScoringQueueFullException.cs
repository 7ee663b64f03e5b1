namespace Hdge.Serving;

/// <summary>A <see cref="MicroBatcher"/> refuses an image because as many wait as may. A service answers 503.</summary>
public sealed class ScoringQueueFullException : Exception
{
    /// <summary>The exception.</summary>
    public ScoringQueueFullException() : this("The queue of images to score is full.")
    {
    }

    /// <summary>The exception with another message.</summary>
    public ScoringQueueFullException(string message) : base(message)
    {
    }

    /// <summary>The exception with another message and its cause.</summary>
    public ScoringQueueFullException(string message, Exception innerException) : base(message, innerException)
    {
    }

    internal ScoringQueueFullException(int capacity)
        : this($"The queue of images to score is full: {capacity} wait, which is {nameof(MicroBatchOptions)}.{nameof(MicroBatchOptions.QueueCapacity)}. Try again later; where this happens often, score on more machines.")
    {
    }
}
