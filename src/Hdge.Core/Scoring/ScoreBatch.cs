namespace Hdge;

/// <summary>
/// Room for the scores of a batch, reused from batch to batch. The arrays have room for <see cref="Capacity"/> images; the first <see cref="Count"/>
/// are valid after a model scored into it.
/// </summary>
public sealed class ScoreBatch
{
    /// <summary>Room for <paramref name="capacity"/> images of <paramref name="classCount"/> classes.</summary>
    public ScoreBatch(int capacity, int classCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        (Capacity, ClassCount) = (capacity, classCount);
        Probabilities = new float[checked(capacity * classCount)];
        CalibratedProbabilities = new float[Probabilities.Length];
        LogDensity = new float[capacity];
        Confidence = new float[capacity];
        DetectionScore = new float[capacity];
        IsInRange = new bool[capacity];
        IsInDistribution = new bool[capacity];
        PredictedClass = new int[capacity];
        Disagreement = new float[capacity];
    }

    /// <summary>Images there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>Images scored.</summary>
    public int Count { get; internal set; }

    /// <summary>softmax f(x), image after image: 0..1, a row sums to 1. Not calibrated.</summary>
    public float[] Probabilities { get; }

    /// <summary>The model's calibrator applied to f(x), image after image: 0..1, a row sums to 1.</summary>
    public float[] CalibratedProbabilities { get; }

    /// <summary>LogSumExp of the logits, in nats, up to the constant log Z; higher is more like the training images.</summary>
    public float[] LogDensity { get; }

    /// <summary>Calibrated probability that the predicted class is right, 0..1: with temperature scaling the largest softmax(f(x) / temperature).</summary>
    public float[] Confidence { get; }

    /// <summary>The score that decides what is in-distribution: the log-density unless another was chosen. Higher is more in-distribution.</summary>
    public float[] DetectionScore { get; }

    /// <summary>False where the image's values lie far outside those that the model was trained on: nothing said of it is to be trusted.</summary>
    public bool[] IsInRange { get; }

    /// <summary>True where the model's decision keeps <see cref="DetectionScore"/>, the image is in range and the logits are finite.</summary>
    public bool[] IsInDistribution { get; }

    /// <summary>Class of the largest probability, 0-based.</summary>
    public int[] PredictedClass { get; }

    /// <summary>
    /// What the members of an ensemble do not agree on, in nats, 0..log C: the entropy of their mean probabilities less the mean of their entropies (mutual information of class and member; Houlsby et al. 2011). 0 for a single model.
    /// </summary>
    public float[] Disagreement { get; }

    /// <summary>Copies the scores into a larger batch, from a row on.</summary>
    internal void CopyTo(ScoreBatch whole, int at)
    {
        Probabilities.AsSpan(0, Count * ClassCount).CopyTo(whole.Probabilities.AsSpan(at * ClassCount));
        CalibratedProbabilities.AsSpan(0, Count * ClassCount).CopyTo(whole.CalibratedProbabilities.AsSpan(at * ClassCount));
        LogDensity.AsSpan(0, Count).CopyTo(whole.LogDensity.AsSpan(at));
        Confidence.AsSpan(0, Count).CopyTo(whole.Confidence.AsSpan(at));
        DetectionScore.AsSpan(0, Count).CopyTo(whole.DetectionScore.AsSpan(at));
        IsInRange.AsSpan(0, Count).CopyTo(whole.IsInRange.AsSpan(at));
        IsInDistribution.AsSpan(0, Count).CopyTo(whole.IsInDistribution.AsSpan(at));
        PredictedClass.AsSpan(0, Count).CopyTo(whole.PredictedClass.AsSpan(at));
        Disagreement.AsSpan(0, Count).CopyTo(whole.Disagreement.AsSpan(at));
        whole.Count = at + Count;
    }

    /// <summary>One line: how many images were scored, and what came out on the whole.</summary>
    public override string ToString() => Count == 0
        ? $"Scores: room for {Capacity} images of {ClassCount} classes, none scored"
        : $"Scores of {Count} images in {ClassCount} classes: {IsInDistribution.AsSpan(0, Count).Count(true)} in distribution, "
            + $"mean confidence {Confidence.Take(Count).Average():F3}, mean log-density {LogDensity.Take(Count).Average():F3}";

    /// <summary>Refuses a call that these scores, or the values given, do not fit.</summary>
    /// <param name="into">What is to take the scores.</param>
    /// <param name="pixels">How many values are given.</param>
    /// <param name="count">Images.</param>
    /// <param name="shape">Shape of an image.</param>
    /// <param name="classCount">The model's classes.</param>
    internal static void Check(ScoreBatch into, int pixels, int count, Data.ImageShape shape, int classCount)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (pixels != (long)count * shape.Length)
            throw new ArgumentException($"{count} images of {shape} need {(long)count * shape.Length} values, found {pixels}.", nameof(pixels));
        if (into.ClassCount != classCount || into.Capacity < count)
            throw new ArgumentException($"The scores have room for {into.Capacity} images of {into.ClassCount} classes, expected at least {count} of {classCount}.", nameof(into));
    }
}
