namespace Hdge;

/// <summary>Room for what a <see cref="RepresentationModel"/> says of a batch, reused from batch to batch. The first <see cref="Count"/> entries are valid after a model scored into it.</summary>
public sealed class RepresentationBatch
{
    /// <summary>Room for <paramref name="capacity"/> images with representations of <paramref name="length"/> values.</summary>
    public RepresentationBatch(int capacity, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        (Capacity, Length) = (capacity, length);
        Representations = new float[checked(capacity * length)];
        (LogLikelihood, DetectionScore) = (new float[capacity], new float[capacity]);
        (IsInRange, IsInDistribution) = (new bool[capacity], new bool[capacity]);
    }

    /// <summary>Images there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Values of a representation.</summary>
    public int Length { get; }

    /// <summary>Images scored.</summary>
    public int Count { get; internal set; }

    /// <summary>Representations, <see cref="Length"/> values an image, image after image.</summary>
    public float[] Representations { get; }

    /// <summary>log p(x) in nats of each image in the model's colours and size.</summary>
    public float[] LogLikelihood { get; }

    /// <summary>The score that decides what is in-distribution. Higher is more in-distribution.</summary>
    public float[] DetectionScore { get; }

    /// <summary>False where the image's values lie far outside those that the model was trained on.</summary>
    public bool[] IsInRange { get; }

    /// <summary>True where the model's decision keeps <see cref="DetectionScore"/> and the image is in range.</summary>
    public bool[] IsInDistribution { get; }

    /// <summary>One line: how many images, and how many of them are in distribution.</summary>
    public override string ToString() => $"Representations of {Count} images, {Length} values each: {IsInDistribution.AsSpan(0, Count).Count(true)} in distribution";

    /// <summary>The answers about the range of a part of a batch, all of them yes.</summary>
    internal Span<bool> RangeOf(int at, int count)
    {
        var answers = IsInRange.AsSpan(at, count);
        answers.Fill(true);
        return answers;
    }
}
